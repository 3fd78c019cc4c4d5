using System.Buffers.Binary;
using LeakySpanner.Model;
using LeakySpanner.Target.Memory;

namespace LeakySpanner.Target.Malloc;

/// <summary>
/// Goes from chunk to chunk of one heap (glibc malloc/malloc.c, "chunk representations"): a header is the previous chunk's
/// size, if that is free, and the own size, whose low bits are flags. Headers are read through a window that slides upwards,
/// so that a heap of small chunks costs one read per 64 KiB.
/// </summary>
internal sealed class ChunkWalk(ITargetMemory memory, MallocHeap heap)
{
    public const ulong PreviousInUse = 1;
    public const ulong IsMapped = 2;
    public const ulong FlagBits = 7;
    public const int HeaderBytes = 16;

    private const int SmallestChunk = 32;

    private readonly byte[] window = new byte[LiveMemory.PieceBytes];
    private Address next = heap.FirstChunk;
    private Address windowStart;
    private int windowLength;

    /// <summary>Ended by a header that makes no sense, or that could not be read.</summary>
    public bool IsFaulty { get; private set; }

    /// <summary>Where the walk stands; after a fault, the header that was not believed.</summary>
    public Address Position => next;

    /// <summary>False at the end of the heap, which a fence or the heap's last byte marks, and on a fault.</summary>
    public bool TryNext(out MallocChunk chunk)
    {
        chunk = default;
        if (IsFaulty || heap.End - next < HeaderBytes)
            return false;
        if (!TryReadSize(next, out var word))
            return Fault();

        var size = word & ~FlagBits;

        // An abandoned top ends in two fences; the first tells, like any header, whether the chunk before it is free.
        if (size == HeaderBytes || (size == 0 && (word & PreviousInUse) != 0))
            return false;
        var remaining = (ulong)(heap.End - next);
        if (IsGrownTop(size, remaining))
            size = remaining;
        if (size < SmallestChunk || size % HeaderBytes != 0 || size > remaining || (word & IsMapped) != 0)
            return Fault();

        // The last chunk is the heap's top, which is free by definition; any other is judged by its successor's flag.
        var isTop = size == remaining;
        ulong successor = 0;
        if (!isTop && (remaining - size < HeaderBytes || !TryReadSize(next + (long)size, out successor)))
            return Fault();
        chunk = new MallocChunk(next, (long)size, !isTop && (successor & PreviousInUse) != 0);
        next += (long)size;
        return true;
    }

    /// <summary>
    /// The heap grew after its mapping was read: its top, and only that, ends on a page further up. What lies beyond is
    /// left to the next reading.
    /// </summary>
    private bool IsGrownTop(ulong size, ulong remaining) =>
        size > remaining && size - remaining <= HeapFinder.HeapAlignment && (unchecked(next.Value + size) & 4095) == 0 && remaining % HeaderBytes == 0;

    private bool Fault()
    {
        IsFaulty = true;
        return false;
    }

    private bool TryReadSize(Address chunk, out ulong size)
    {
        size = 0;
        var offset = chunk - windowStart;
        if (offset < 0 || offset > windowLength - HeaderBytes)
        {
            if (!TryMove(chunk))
                return false;
            offset = 0;
        }

        size = BinaryPrimitives.ReadUInt64LittleEndian(window.AsSpan((int)offset + 8));
        return true;
    }

    /// <summary>To the header and what follows in its pages; alone, if what follows cannot be read.</summary>
    private bool TryMove(Address chunk)
    {
        // After a large chunk its neighbours are likely large too: a page then, a whole window in runs of small ones.
        var wanted = windowLength > 0 && chunk - windowStart < 2 * window.Length ? window.Length : 4096;
        windowStart = chunk;
        windowLength = (int)Math.Min(wanted, heap.End - chunk);
        if (memory.TryRead(chunk, window.AsSpan(0, windowLength)))
            return true;
        windowLength = HeaderBytes;
        var read = memory.TryRead(chunk, window.AsSpan(0, HeaderBytes));
        windowLength = read ? HeaderBytes : 0;
        return read;
    }
}
