using System.Collections.Immutable;
using LeakySpanner.CPython.Types;
using LeakySpanner.Model;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.CPython.Census;

/// <summary>Keeps the longest of any number of containers in bounded memory, and all those that are asked for by address.</summary>
internal sealed class LongestContainers(int most, int shortest)
{
    private readonly record struct Entry(ulong Address, long Length, PythonType Type);

    private readonly List<Entry> _entries = new(1024);
    private readonly List<Entry> _tracked = [];
    private IReadOnlySet<Address>? _wanted;

    /// <summary>Shorter ones are not worth a call of <see cref="Add"/>; rises when there are too many.</summary>
    public long Threshold { get; private set; } = shortest;

    public void Start(IReadOnlySet<Address>? wanted)
    {
        _entries.Clear();
        _tracked.Clear();
        _wanted = wanted is { Count: > 0 } ? wanted : null;
        Threshold = _wanted is null ? shortest : 0;
    }

    public void Add(Address address, long length, PythonType type)
    {
        if (_wanted is not null && _wanted.Contains(address))
            _tracked.Add(new Entry(address.Value, length, type));
        else if (length >= shortest)
            _entries.Add(new Entry(address.Value, length, type));
        if (_entries.Count < most * 2)
            return;
        Shrink();
        if (_wanted is null)
            Threshold = _entries[^1].Length;
    }

    public ImmutableArray<ContainerLength> ToArray()
    {
        Shrink();
        _entries.AddRange(_tracked);
        _entries.Sort(ByLength);
        return [.. _entries.Select(entry => new ContainerLength(new Address(entry.Address), entry.Type.Name, entry.Length))];
    }

    private void Shrink()
    {
        _entries.Sort(ByLength);
        if (_entries.Count > most)
            _entries.RemoveRange(most, _entries.Count - most);
    }

    private static int ByLength(Entry left, Entry right) =>
        left.Length == right.Length ? left.Address.CompareTo(right.Address) : right.Length.CompareTo(left.Length);
}
