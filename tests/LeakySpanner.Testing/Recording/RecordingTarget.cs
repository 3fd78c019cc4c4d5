using System.Diagnostics.CodeAnalysis;
using LeakySpanner.Model;
using LeakySpanner.Target;
using LeakySpanner.Target.Memory;

namespace LeakySpanner.Testing.Recording;

/// <summary>
/// Remembers all that is read of another target, so that the same reading can be repeated without it. A process that
/// changes meanwhile is remembered as it was when a byte was first read. Whole pages are remembered around each read, for
/// a reader that later asks a little differently.
/// </summary>
public sealed class RecordingTarget(ITarget target) : ITarget, ITargetMemory
{
    private const int PageBytes = 4096;

    private readonly SortedDictionary<ulong, byte[]> pages = [];
    private readonly Dictionary<string, (Address Address, string Image)> symbols = [];
    private IReadOnlyList<MappedRegion> regions = [];

    public ITargetMemory Memory => this;

    public IReadOnlyList<MappedRegion> ReadRegions() => regions = target.ReadRegions();

    public bool TryFindSymbol(string name, out Address address, [NotNullWhen(true)] out string? image)
    {
        var found = target.TryFindSymbol(name, out address, out image);
        if (found)
            symbols[name] = (address, image!);
        return found;
    }

    public bool TryRead(Address address, Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var number = address.Value / PageBytes;
            if (!pages.TryGetValue(number, out var page))
            {
                page = new byte[PageBytes];
                if (!target.Memory.TryRead(new Address(number * PageBytes), page))
                    return false;
                pages[number] = page;
            }

            var offset = (int)(address.Value % PageBytes);
            var length = Math.Min(buffer.Length, PageBytes - offset);
            page.AsSpan(offset, length).CopyTo(buffer);
            buffer = buffer[length..];
            address += length;
        }

        return true;
    }

    /// <summary>What was seen so far, neighbouring pages joined.</summary>
    public RecordedTarget ToRecorded()
    {
        var recorded = new RecordedTarget();
        foreach (var region in regions)
            recorded.AddRegion(region);
        foreach (var (name, (address, image)) in symbols)
            recorded.AddSymbol(name, address, image);

        var run = new List<byte[]>();
        var first = 0ul;
        foreach (var (number, page) in pages)
        {
            if (run.Count > 0 && number != first + (ulong)run.Count)
            {
                recorded.Bytes.Add(new Address(first * PageBytes), [.. run.SelectMany(bytes => bytes)]);
                run.Clear();
            }

            if (run.Count == 0)
                first = number;
            run.Add(page);
        }

        if (run.Count > 0)
            recorded.Bytes.Add(new Address(first * PageBytes), [.. run.SelectMany(bytes => bytes)]);
        return recorded;
    }
}
