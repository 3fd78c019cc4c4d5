using LeakySpanner.Model;

namespace LeakySpanner.Target.Malloc;

public enum MallocHeapKind
{
    /// <summary>What brk grows: [heap].</summary>
    Main,

    /// <summary>A 64 MiB-aligned heap of a thread arena.</summary>
    Arena,

    /// <summary>A chunk over the mmap threshold (128 KiB at first), alone in its mapping.</summary>
    Mapped,
}

/// <summary>A run of chunks.</summary>
/// <param name="Start">Of what belongs to the allocator, its own bookkeeping included.</param>
/// <param name="FirstChunk">Its header.</param>
/// <param name="End">Where chunks end.</param>
/// <param name="ReservedEnd">Writable up to here, of no chunk: what an arena has shrunk from.</param>
public readonly record struct MallocHeap(MallocHeapKind Kind, Address Start, Address FirstChunk, Address End, Address ReservedEnd);

/// <summary>A chunk, header included.</summary>
/// <param name="Address">Of the header; what malloc returned lies 16 bytes above.</param>
/// <param name="Bytes">Up to the next chunk's header.</param>
/// <param name="IsInUse">Also of what lies in a thread's cache or a fast bin, whose chunks malloc itself treats as used.</param>
public readonly record struct MallocChunk(Address Address, long Bytes, bool IsInUse);
