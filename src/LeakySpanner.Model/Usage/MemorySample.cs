namespace LeakySpanner.Model.Usage;

/// <summary>The kernel's numbers for the process at one moment.</summary>
/// <param name="At">Since the start of the session.</param>
/// <param name="Rss">All resident memory (VmRSS).</param>
/// <param name="Anonymous">Resident memory that no file backs (RssAnon): where leaks live.</param>
/// <param name="Swapped">Anonymous memory that was swapped out (VmSwap); part of growth all the same.</param>
/// <param name="Virtual">Size of the address space (VmSize).</param>
public readonly record struct MemorySample(TimeSpan At, ByteSize Rss, ByteSize Anonymous, ByteSize Swapped, ByteSize Virtual);

/// <summary>What grows besides memory.</summary>
public readonly record struct ResourceSample(TimeSpan At, int Threads, int Descriptors);
