using System.Collections.Immutable;
using LeakySpanner.Model;
using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Usage;
using LeakySpanner.Sidecar.View;

namespace LeakySpanner.Sidecar.Log;

/// <param name="Pid">The worker.</param>
/// <param name="Baseline">RSS when its watching began.</param>
/// <param name="Peak">Largest RSS seen.</param>
/// <param name="Final">The last RSS seen.</param>
/// <param name="Killed">For want of memory, by the kernel.</param>
internal sealed record WorkerSummary(int Pid, ByteSize Baseline, ByteSize Peak, ByteSize Final, bool Killed)
{
    public ByteSize Growth => Final - Baseline;
}

/// <summary>What the session saw.</summary>
/// <param name="Duration">From its start to its end.</param>
/// <param name="Workers">By growth, descending, bounded in number; empty where none ever came.</param>
/// <param name="WorkersInAll">Of which <paramref name="Workers"/> has the first.</param>
/// <param name="Endpoints">Over all workers.</param>
/// <param name="Costs">Bytes per request, or null.</param>
/// <param name="Diagnoses">Headlines.</param>
/// <param name="Lost">Records that were overwritten before they were read.</param>
internal sealed record SessionSummary(
    TimeSpan Duration,
    ImmutableArray<WorkerSummary> Workers,
    int WorkersInAll,
    ImmutableArray<EndpointView> Endpoints,
    RouteCosts? Costs,
    ImmutableArray<DiagnosisView> Diagnoses,
    long Lost)
{
    /// <summary>Of the living worker that holds most, from samples; null where none are taken.</summary>
    public LiveAllocations? Live { get; init; }
}
