using System.Collections.Immutable;

namespace LeakySpanner.Model.Usage;

public enum RangeKind : byte
{
    /// <summary>Code and data of executables and libraries (their .bss too), and mapped files.</summary>
    File,

    /// <summary>The main thread's stack and those of other threads.</summary>
    Stack,

    /// <summary>The C allocator's heaps and the chunks that it mapped singly.</summary>
    Malloc,

    /// <summary>The runtime's arenas of small objects.</summary>
    Arena,

    Shared,

    /// <summary>Anonymous memory that nobody claimed.</summary>
    Anonymous,
}

/// <summary>A range of the target's address space, with how much of it is resident.</summary>
public readonly record struct MemoryRange(Address Start, Address End, RangeKind Kind, string Name, long ResidentBytes);

/// <summary>What the C allocator's own headers say.</summary>
/// <param name="InUseBytes">In chunks that a program holds, headers included.</param>
/// <param name="FreeBytes">Resident bytes in free chunks and at the tops of heaps; what malloc_trim could return at most.</param>
/// <param name="Heaps">Heaps walked.</param>
/// <param name="Faults">Headers that made no sense; the rest of such a heap counts as in use.</param>
public readonly record struct MallocUsage(long InUseBytes, long FreeBytes, int Heaps, int Faults);

/// <summary>Every resident page of a process, on one range each.</summary>
public sealed record MemoryMap(ImmutableArray<MemoryRange> Ranges, MallocUsage Malloc, ByteSize Rss);
