using System.Collections.Immutable;

namespace LeakySpanner.Model.Usage;

/// <summary>Memory that was allocated at a line and is still held.</summary>
/// <param name="File">As the code object names it.</param>
/// <param name="Line">From 1.</param>
/// <param name="Count">Blocks.</param>
/// <param name="Bytes">Their sizes as asked for.</param>
public readonly record struct AllocationSite(string File, int Line, long Count, long Bytes);

/// <summary>What the runtime's own tracing knows of live allocations.</summary>
/// <param name="IsTracing">False where tracing is off; then there are no sites.</param>
/// <param name="Sites">By bytes, descending, bounded in number.</param>
/// <param name="Count">Blocks in all.</param>
/// <param name="Bytes">Bytes in all.</param>
/// <param name="SampledShare">1 where every trace was read; the share of the table that was read otherwise (numbers are scaled up).</param>
/// <param name="Note">Why there are no sites, or what could not be read; null where all is well.</param>
public sealed record AllocationTable(bool IsTracing, ImmutableArray<AllocationSite> Sites, long Count, long Bytes, double SampledShare, string? Note)
{
    /// <summary>The samples from which this was estimated, or null where it is the runtime's own table.</summary>
    public LiveAllocations? Sampled { get; init; }
}
