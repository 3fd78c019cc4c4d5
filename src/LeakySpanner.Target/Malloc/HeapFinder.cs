using System.Buffers.Binary;
using System.Collections.Immutable;
using LeakySpanner.Model;
using LeakySpanner.Model.Heap;
using LeakySpanner.Target.Linux;
using LeakySpanner.Target.Memory;

namespace LeakySpanner.Target.Malloc;

/// <summary>
/// Recognises glibc's heaps without symbols, by their shape (glibc malloc/arena.c, heap_info; x86-64 and AArch64). Only
/// resident memory is touched, so that looking maps no page that the process did not.
/// </summary>
internal sealed class HeapFinder(ITargetMemory memory, Residency residency)
{
    /// <summary>HEAP_MAX_SIZE on 64-bit systems: a thread arena's heaps start at its multiples.</summary>
    public const ulong HeapAlignment = 64 * 1024 * 1024;

    private const ulong Page = 4096;

    /// <summary>sizeof(heap_info) since glibc 2.35, which added the page size, and before.</summary>
    private const ulong InfoBytes = 0x30;
    private const ulong OlderInfoBytes = 0x20;

    /// <summary>sizeof(struct malloc_state) since glibc 2.26, up to the alignment of the first chunk behind it.</summary>
    private const ulong StateBytes = 0x8a0;

    private readonly ImmutableArray<MallocHeap>.Builder heaps = ImmutableArray.CreateBuilder<MallocHeap>();
    private int probed;

    /// <param name="brk">Pieces of the region that the kernel calls [heap].</param>
    /// <param name="anonymous">Pieces of anonymous writable memory that nobody else claims.</param>
    public static ImmutableArray<MallocHeap> Find(
        ITargetMemory memory, Residency residency, IReadOnlyList<AddressRange> brk, IReadOnlyList<AddressRange> anonymous)
    {
        var finder = new HeapFinder(memory, residency);
        foreach (var range in Merge(brk))
            finder.heaps.Add(new MallocHeap(MallocHeapKind.Main, range.Start, range.Start, range.End, range.End));
        foreach (var range in anonymous)
            finder.Search(range);
        return finder.heaps.DrainToImmutable();
    }

    private static IEnumerable<AddressRange> Merge(IReadOnlyList<AddressRange> ranges)
    {
        AddressRange? open = null;
        foreach (var range in ranges)
        {
            if (open is { } last && last.End == range.Start)
            {
                open = new AddressRange(last.Start, range.End);
                continue;
            }

            if (open is { } done)
                yield return done;
            open = range;
        }

        if (open is { } rest)
            yield return rest;
    }

    private void Search(AddressRange range)
    {
        var at = range.Start;
        while (probed < MallocLimits.MaxPagesProbed
            && heaps.Count < MallocLimits.MaxHeaps
            && residency.TryNextResident(at, range.End, out at))
        {
            probed++;
            if ((at.Value % HeapAlignment == 0 && TryHeap(at, range.End, out var heap)) || TryMapped(at, range.End, out heap))
            {
                heaps.Add(heap);
                at = heap.ReservedEnd;
            }
            else
            {
                at += (long)Page;
            }
        }
    }

    /// <summary>
    /// A mapped chunk's size is whole pages, flagged as mapped and nothing else; what precedes it is the padding of an
    /// aligned allocation, 0 for any other.
    /// </summary>
    private bool TryMapped(Address start, Address end, out MallocHeap chunk)
    {
        chunk = default;
        Span<byte> header = stackalloc byte[ChunkWalk.HeaderBytes];
        if (!memory.TryRead(start, header))
            return false;
        var padding = BinaryPrimitives.ReadUInt64LittleEndian(header);
        var word = BinaryPrimitives.ReadUInt64LittleEndian(header[8..]);
        var size = word & ~ChunkWalk.FlagBits;
        if ((word & ChunkWalk.FlagBits) != ChunkWalk.IsMapped
            || size < Page
            || size % Page != 0
            || padding != 0
            || size > (ulong)(end - start))
            return false;
        chunk = new MallocHeap(MallocHeapKind.Mapped, start, start, start + (long)size, start + (long)size);
        return true;
    }

    private bool TryHeap(Address start, Address limit, out MallocHeap heap)
    {
        heap = default;
        Span<byte> info = stackalloc byte[32];
        if (!memory.TryRead(start, info))
            return false;

        var arena = BinaryPrimitives.ReadUInt64LittleEndian(info);
        var previous = BinaryPrimitives.ReadUInt64LittleEndian(info[8..]);
        var size = BinaryPrimitives.ReadUInt64LittleEndian(info[16..]);
        var writable = BinaryPrimitives.ReadUInt64LittleEndian(info[24..]);
        var infoBytes = arena & (HeapAlignment - 1);
        if (infoBytes is not (InfoBytes or OlderInfoBytes)
            || previous % HeapAlignment != 0
            || size == 0 || size % Page != 0 || size > HeapAlignment
            || writable < size || writable % Page != 0 || writable > HeapAlignment)
            return false;

        // The arena's state lies in its first heap; later heaps have chunks right behind their info.
        var isFirst = arena == start.Value + infoBytes;
        if (isFirst != (previous == 0))
            return false;
        var first = infoBytes + (isFirst ? StateBytes : 0);
        if (first >= size)
            return false;
        // A heap that grows may say more than the list of mappings did a moment before.
        var end = start + (long)Math.Min(size, (ulong)(limit - start));
        var reserved = start + (long)Math.Min(writable, (ulong)(limit - start));
        heap = new MallocHeap(MallocHeapKind.Arena, start, start + (long)first, end, reserved);
        return true;
    }
}
