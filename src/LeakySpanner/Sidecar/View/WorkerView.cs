using System.Collections.Immutable;
using LeakySpanner.Model;
using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Usage;
using LeakySpanner.Target.Agent;

namespace LeakySpanner.Sidecar.View;

/// <param name="Slot">From 0; a small number that a later worker takes over, so that series stay few.</param>
/// <param name="Pid">As the sidecar sees it.</param>
/// <param name="Runtime">"CPython 3.11.2", or null where the heap is not read.</param>
/// <param name="Unreadable">Why the heap is not read, or null.</param>
/// <param name="Since">When it registered.</param>
/// <param name="Memory">The last sample.</param>
/// <param name="Baseline">RSS when the watching began.</param>
/// <param name="Peak">Largest RSS seen.</param>
/// <param name="Limit">The memory limit that would kill it, or null.</param>
/// <param name="LimitSource">Where the limit comes from.</param>
/// <param name="Verdict">Over the history.</param>
/// <param name="Resources">Threads and descriptors.</param>
/// <param name="Tasks">Unfinished asyncio tasks, or null where not counted.</param>
/// <param name="Collector">The cyclic collector, or null.</param>
/// <param name="Pauses">Collections that were timed inside the worker.</param>
/// <param name="FirstCensus">The oldest kept census, or null.</param>
/// <param name="LastCensus">The newest, or null.</param>
/// <param name="History">In order of time; thinner the older it is.</param>
/// <param name="InProgress">Requests being worked on.</param>
/// <param name="RecordsSeen">Request records read.</param>
/// <param name="RecordsLost">Overwritten before they were read.</param>
public sealed record WorkerView(
    int Slot,
    int Pid,
    string? Runtime,
    string? Unreadable,
    DateTimeOffset Since,
    MemorySample Memory,
    ByteSize Baseline,
    ByteSize Peak,
    ByteSize? Limit,
    string? LimitSource,
    Verdict Verdict,
    ResourceSample Resources,
    int? Tasks,
    CollectorState? Collector,
    ImmutableArray<PauseView> Pauses,
    HeapCensus? FirstCensus,
    HeapCensus? LastCensus,
    ImmutableArray<HistoryPoint> History,
    long InProgress,
    long RecordsSeen,
    long RecordsLost)
{
    /// <summary>Command line, arguments joined by spaces; empty where it is not known.</summary>
    public string Command { get; init; } = "";

    /// <summary>When the process began, or null where it is not known.</summary>
    public DateTimeOffset? ProcessStarted { get; init; }

    /// <summary>User and system time since then, or null where it is not known.</summary>
    public double? CpuSeconds { get; init; }

    /// <summary>From the agent's samples; null where none runs.</summary>
    public LiveAllocations? Allocations { get; init; }

    /// <summary>What the agent counts; null where none runs.</summary>
    public AgentCounts? Sampling { get; init; }
}

/// <param name="At">Wall clock.</param>
/// <param name="Rss">Resident memory.</param>
/// <param name="Anonymous">Of it, what no file backs.</param>
/// <param name="Requests">Finished since the worker registered.</param>
public readonly record struct HistoryPoint(DateTimeOffset At, ByteSize Rss, ByteSize Anonymous, long Requests);

/// <param name="Generation">0 is the youngest.</param>
/// <param name="Timed">Their durations; only collections that the shim timed.</param>
/// <param name="LongestSeconds">The longest.</param>
/// <param name="Collected">Objects they freed.</param>
public sealed record PauseView(int Generation, LatencyHistogram Timed, double LongestSeconds, long Collected);
