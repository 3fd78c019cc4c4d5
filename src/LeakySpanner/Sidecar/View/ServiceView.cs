using System.Collections.Immutable;
using LeakySpanner.Model.Findings;

namespace LeakySpanner.Sidecar.View;

/// <summary>Everything the sidecar knows at one moment, for whoever renders it: metrics, debug endpoints, the log's summary.</summary>
/// <param name="Service">Its name.</param>
/// <param name="Now">Wall clock.</param>
/// <param name="Started">When the session began.</param>
/// <param name="Level">How much is looked at.</param>
/// <param name="LogFile">The current file, or null where the log cannot be written.</param>
/// <param name="Workers">Living ones, by slot.</param>
/// <param name="Ended">Workers that ended in this session.</param>
/// <param name="Endpoints">Over all workers, living and ended.</param>
/// <param name="Costs">Bytes per request over all workers, or null before anything can be said.</param>
/// <param name="Diagnoses">The last one of each worker.</param>
/// <param name="IsDiagnosing">Whether one is being made.</param>
/// <param name="Self">What the observer itself costs.</param>
/// <param name="Notes">What the sidecar cannot do here and why.</param>
public sealed record ServiceView(
    string Service,
    DateTimeOffset Now,
    DateTimeOffset Started,
    SidecarLevel Level,
    string? LogFile,
    ImmutableArray<WorkerView> Workers,
    int Ended,
    ImmutableArray<EndpointView> Endpoints,
    RouteCosts? Costs,
    ImmutableArray<DiagnosisView> Diagnoses,
    bool IsDiagnosing,
    SelfUsage Self,
    ImmutableArray<string> Notes);

/// <param name="Pid">Of the worker it is about.</param>
/// <param name="At">When it was made.</param>
/// <param name="Json">One object, schema leakyspanner.diagnosis/1.</param>
/// <param name="Headline">One line for a log: the first suspect and its line.</param>
public sealed record DiagnosisView(int Pid, DateTimeOffset At, string Json, string Headline);

/// <param name="RssBytes">Resident memory of the sidecar.</param>
/// <param name="CpuSeconds">Since its start.</param>
/// <param name="Pid">Its process.</param>
public readonly record struct SelfUsage(long RssBytes, double CpuSeconds, int Pid);
