using System.Collections.Immutable;
using LeakySpanner.Model;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Pools;

/// <summary>
/// Where the arenas are: each from its first pool to the end of the arena that starts there. By address, not overlapping.
/// </summary>
public sealed class ArenaMap
{
    private readonly ulong[] _starts;
    private readonly ulong[] _ends;

    public ArenaMap(IEnumerable<AddressRange> arenas)
    {
        Arenas = [.. arenas.OrderBy(arena => arena.Start)];
        var starts = new List<ulong>();
        var ends = new List<ulong>();
        foreach (var arena in Arenas)
        {
            Bytes += arena.Length;
            if (ends.Count > 0 && ends[^1] == arena.Start.Value)
            {
                ends[^1] = arena.End.Value;
                continue;
            }
            starts.Add(arena.Start.Value);
            ends.Add(arena.End.Value);
        }
        _starts = [.. starts];
        _ends = [.. ends];
    }

    public ImmutableArray<AddressRange> Arenas { get; }

    /// <summary>Bytes of address space in arenas, resident or not.</summary>
    public long Bytes { get; }

    /// <summary>Arenas that touch, joined: a few, because the kernel places mappings side by side.</summary>
    public int RunCount => _starts.Length;

    public AddressRange Run(int index) => new(new Address(_starts[index]), new Address(_ends[index]));

    /// <summary>The joined run that an address lies in, or -1.</summary>
    public int RunOf(Address address)
    {
        var index = Array.BinarySearch(_starts, address.Value);
        if (index < 0)
            index = ~index - 1;
        return index >= 0 && address.Value < _ends[index] ? index : -1;
    }

    public bool Contains(Address address) => RunOf(address) >= 0;
}
