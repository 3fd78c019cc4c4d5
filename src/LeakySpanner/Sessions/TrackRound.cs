using System.Collections.Immutable;
using LeakySpanner.Analysis.Growth;
using LeakySpanner.Model;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.Sessions;

/// <summary>One round of `track-objects`: what is larger than when it began.</summary>
/// <param name="Number">From 1.</param>
/// <param name="At">Since the first census.</param>
/// <param name="Memory">The kernel's numbers.</param>
/// <param name="MemoryChange">RSS since the first census.</param>
/// <param name="Types">The fastest growing first.</param>
/// <param name="Containers">The fastest growing first.</param>
public sealed record TrackRound(
    int Number,
    TimeSpan At,
    MemorySample Memory,
    ByteSize MemoryChange,
    ImmutableArray<TypeGrowth> Types,
    ImmutableArray<ContainerGrowth> Containers);
