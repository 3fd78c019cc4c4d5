using System.Collections.Immutable;
using LeakySpanner.Model;
using LeakySpanner.Model.Heap;
using LeakySpanner.Model.Usage;
using LeakySpanner.Target.Elf;
using LeakySpanner.Target.Malloc;
using LeakySpanner.Target.Memory;

namespace LeakySpanner.Target.Linux;

/// <summary>
/// Puts every mapped byte on one range of one kind. Who is surest claims first: names in maps, the ends of libraries' data,
/// stacks, the runtime's arenas, malloc's headers; what is left is anonymous.
/// </summary>
public sealed class MemoryMapReader
{
    private readonly IReadOnlyList<ResidentRegion> regions;
    private readonly ITargetMemory memory;
    private readonly Residency residency;
    private readonly List<Piece> pieces = [];

    private MemoryMapReader(IReadOnlyList<ResidentRegion> regions, ITargetMemory memory, Residency residency)
    {
        this.regions = regions;
        this.memory = memory;
        this.residency = residency;
    }

    /// <param name="regions">By address, disjoint.</param>
    /// <param name="residency">Of the same regions.</param>
    /// <param name="arenas">Ranges that the runtime's allocator holds; parts outside anonymous memory are ignored.</param>
    /// <param name="stacks">Of threads but the main one.</param>
    /// <param name="rss">The kernel's total.</param>
    public static MemoryMap Read(
        IReadOnlyList<ResidentRegion> regions,
        ITargetMemory memory,
        Residency residency,
        IReadOnlyList<AddressRange> arenas,
        IReadOnlyList<AddressRange> stacks,
        ByteSize rss)
    {
        var reader = new MemoryMapReader(regions, memory, residency);
        reader.Classify();
        reader.Claim(stacks, RangeKind.Stack, "thread");
        reader.Claim(arenas, RangeKind.Arena, "arena");
        if (CLibraries.Of(regions.Select(region => region.Region)) is CLibrary.Musl or CLibrary.OtherAllocator)
        {
            // Headers of these are not read. What nobody else claims is theirs, rather than nobody's.
            reader.Claim(reader.Unclaimed(RangeKind.Anonymous), RangeKind.Malloc, "malloc");
            return new MemoryMap(reader.Ranges(), default, rss);
        }

        var heaps = GlibcHeaps.Find(memory, residency, reader.Unclaimed(RangeKind.Malloc), reader.Unclaimed(RangeKind.Anonymous));
        reader.Claim(heaps.Heaps.Select(heap => new AddressRange(heap.Start, heap.ReservedEnd)), RangeKind.Malloc, "malloc");
        return new MemoryMap(reader.Ranges(), heaps.Measure(), rss);
    }

    private void Classify()
    {
        Address? bssEnd = null;
        var image = "";
        var imageBssEnd = default(Address?);
        var previousEnd = Address.Null;
        foreach (var (region, _) in regions)
        {
            var kind = KindOf(region);
            if (region.Inode != 0 && region.Path != image)
            {
                image = region.Path;
                imageBssEnd = region is { Offset: 0, IsReadable: true } && region.Path.StartsWith('/') ? LoadedBss.End(memory, region) : null;
            }

            if (region.Inode != 0)
                bssEnd = region.IsWritable && region.IsPrivate ? imageBssEnd : null;
            if (region.Path.Length == 0 && kind == RangeKind.Anonymous && region.Start == previousEnd && bssEnd is { } end && end > region.Start)
            {
                var split = end < region.End ? end : region.End;
                pieces.Add(new Piece(region.Start, split, RangeKind.File, image));
                if (split < region.End)
                    pieces.Add(new Piece(split, region.End, kind, region.Path));
            }
            else
            {
                pieces.Add(new Piece(region.Start, region.End, kind, region.Path));
            }

            previousEnd = region.End;
        }
    }

    private static RangeKind KindOf(MappedRegion region)
    {
        var path = region.Path;
        if (path == "[heap]")
            return RangeKind.Malloc;
        if (path == "[stack]" || path.Contains("pthread stack", StringComparison.Ordinal))
            return RangeKind.Stack;
        if (path.StartsWith("[anon_shmem", StringComparison.Ordinal) || (!region.IsPrivate && (region.Inode == 0 || IsSharedMemory(path))))
            return RangeKind.Shared;
        return region.IsAnonymous ? RangeKind.Anonymous : RangeKind.File;
    }

    private static bool IsSharedMemory(string path) =>
        path.StartsWith("/dev/shm/", StringComparison.Ordinal)
        || path.StartsWith("/dev/zero", StringComparison.Ordinal)
        || path.StartsWith("/memfd:", StringComparison.Ordinal)
        || path.StartsWith("/SYSV", StringComparison.Ordinal);

    /// <summary>Cuts the ranges out of the anonymous pieces, and for the allocator's sake out of [heap].</summary>
    private void Claim(IEnumerable<AddressRange> ranges, RangeKind kind, string name)
    {
        var sorted = ranges.Where(range => range.End > range.Start).OrderBy(range => range.Start).ToList();
        if (sorted.Count == 0)
            return;

        var result = new List<Piece>(pieces.Count + (sorted.Count * 2));
        var next = 0;
        foreach (var piece in pieces)
        {
            while (next < sorted.Count && sorted[next].End <= piece.Start)
                next++;
            var at = piece.Start;
            for (var i = next; IsOpen(piece, kind) && i < sorted.Count && sorted[i].Start < piece.End; i++)
            {
                var from = sorted[i].Start > at ? sorted[i].Start : at;
                var to = sorted[i].End < piece.End ? sorted[i].End : piece.End;
                if (to <= from)
                    continue;
                if (from > at)
                    result.Add(piece with { Start = at, End = from });
                result.Add(new Piece(from, to, kind, name));
                at = to;
            }

            if (at < piece.End)
                result.Add(piece with { Start = at });
        }

        pieces.Clear();
        pieces.AddRange(result);
    }

    private static bool IsOpen(Piece piece, RangeKind claim) =>
        piece.Kind == RangeKind.Anonymous || (piece.Kind == RangeKind.Malloc && piece.Name == "[heap]" && claim == RangeKind.Arena);

    private List<AddressRange> Unclaimed(RangeKind kind) =>
        [.. pieces
            .Where(piece => piece.Kind == kind && IsWritable(piece.Start))
            .Select(piece => new AddressRange(piece.Start, piece.End))];

    private bool IsWritable(Address address)
    {
        int low = 0, high = regions.Count - 1;
        while (low <= high)
        {
            var middle = low + ((high - low) / 2);
            var region = regions[middle].Region;
            if (address < region.Start)
                high = middle - 1;
            else if (address >= region.End)
                low = middle + 1;
            else
                return region.IsWritable && region.IsReadable;
        }

        return false;
    }

    private ImmutableArray<MemoryRange> Ranges() =>
        [.. pieces.Select(piece =>
            new MemoryRange(piece.Start, piece.End, piece.Kind, piece.Name, residency.ResidentBytes(piece.Start, piece.End)))];

    private readonly record struct Piece(Address Start, Address End, RangeKind Kind, string Name);
}
