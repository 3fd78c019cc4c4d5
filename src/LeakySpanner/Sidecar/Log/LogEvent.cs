using System.Collections.Immutable;
using LeakySpanner.Model;
using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Usage;
using LeakySpanner.Sidecar.Diagnoses;

namespace LeakySpanner.Sidecar.Log;

/// <summary>Something that the log tells.</summary>
/// <param name="At">Local time.</param>
internal abstract record LogEvent(DateTimeOffset At);

internal sealed record SessionStarted(DateTimeOffset At, SidecarOptions Options, int Pid) : LogEvent(At);

/// <summary>Something about one worker.</summary>
internal abstract record WorkerEvent(DateTimeOffset At, int Pid) : LogEvent(At);

internal sealed record WorkerStarted(DateTimeOffset At, int Pid, int Slot, ByteSize Rss) : WorkerEvent(At, Pid);

/// <param name="Killed">For want of memory, by the kernel.</param>
/// <param name="Limit">Its limit, or null.</param>
internal sealed record WorkerEnded(DateTimeOffset At, int Pid, int Slot, ByteSize Rss, bool Killed, ByteSize? Limit, string? LimitSource) : WorkerEvent(At, Pid);

/// <param name="Delta">Above the baseline.</param>
/// <param name="Counts">gc.get_count(), or null.</param>
internal sealed record Snapshot(DateTimeOffset At, int Pid, ByteSize Rss, ByteSize Virtual, ByteSize Delta, ImmutableArray<int>? Counts) : WorkerEvent(At, Pid);

internal sealed record TopAllocations(DateTimeOffset At, int Pid, ImmutableArray<AllocationSite> Sites) : WorkerEvent(At, Pid);

/// <param name="Bytes">Estimate of all that is alive.</param>
/// <param name="Endpoints">Those that hold most of it.</param>
internal sealed record LiveByEndpoint(DateTimeOffset At, int Pid, double Bytes, ImmutableArray<LiveEndpoint> Endpoints) : WorkerEvent(At, Pid);

internal sealed record EndpointDelta(DateTimeOffset At, int Pid, string Endpoint, ByteSize Delta, int Status, int Overlapped) : WorkerEvent(At, Pid);

/// <param name="Count">ENDPOINT lines that were not written since the last such event.</param>
internal sealed record EndpointsOmitted(DateTimeOffset At, int Count) : LogEvent(At);

internal sealed record GrowthAlert(DateTimeOffset At, int Pid, ByteSize Baseline, ByteSize Current) : WorkerEvent(At, Pid);

internal sealed record VerdictChanged(DateTimeOffset At, int Pid, Verdict Verdict) : WorkerEvent(At, Pid);

internal sealed record DiagnosisBegun(DateTimeOffset At, int Pid, string Reason) : WorkerEvent(At, Pid);

internal sealed record Diagnosed(DateTimeOffset At, int Pid, DiagnosisFinding Finding) : WorkerEvent(At, Pid);

internal sealed record Collected(DateTimeOffset At, int Pid, CollectionResult Result) : WorkerEvent(At, Pid);

/// <summary>What the sidecar cannot do here and why.</summary>
internal sealed record Note(DateTimeOffset At, string Text) : LogEvent(At);

internal sealed record SessionEnded(DateTimeOffset At, SessionSummary Summary) : LogEvent(At);
