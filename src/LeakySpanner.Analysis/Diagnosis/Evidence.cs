using System.Collections.Immutable;
using LeakySpanner.Analysis.Growth;
using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Heap;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.Analysis.Diagnosis;

/// <summary>Everything that was seen of a process while it was watched. What is missing is null or empty.</summary>
public sealed record Evidence
{
    public required ProcessFacts Process { get; init; }

    /// <summary>In order of time.</summary>
    public ImmutableArray<MemorySample> Memory { get; init; } = [];

    public ImmutableArray<ResourceSample> Resources { get; init; } = [];

    public ImmutableArray<HeapCensus> Censuses { get; init; } = [];

    /// <summary>Requests meanwhile; null where nobody records them.</summary>
    public Traffic? Traffic { get; init; }

    /// <summary>Blocks that were allocated meanwhile and are still alive, as the sampling agent saw them; empty where none runs.</summary>
    public ImmutableArray<SampledBlock> Samples { get; init; } = [];

    /// <summary>Of the first snapshot.</summary>
    public HeapBaseline? Before { get; init; }

    /// <summary>Of the containers of the first snapshot; null where there was none.</summary>
    public ContainerNames? Names { get; init; }

    /// <summary>The last snapshot.</summary>
    public HeapSnapshot? After { get; init; }

    /// <summary>The balance sheet at the time of the first snapshot.</summary>
    public ImmutableArray<BalanceLine> BalanceBefore { get; init; } = [];

    /// <summary>The balance sheet at the end: part of the answer.</summary>
    public ImmutableArray<BalanceLine> Balance { get; init; } = [];

    /// <summary>Of the target, to show files relative to it.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>How long the target was stopped, all told.</summary>
    public double PausedMilliseconds { get; init; }

    /// <summary>What the session itself has to say: a process that ended, a census that was skipped.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];
}
