using System.Collections.Immutable;
using LeakySpanner.Analysis.Rhythm;
using LeakySpanner.Model.Findings;
using LeakySpanner.Scanning.Logs.Facts;

namespace LeakySpanner.Sessions.Logs;

/// <summary>Memory of one thing: a container, or all processes of one name.</summary>
/// <param name="Name">"container web", "gunicorn (4 processes)".</param>
/// <param name="Source">The format that has it.</param>
/// <param name="Samples">In all.</param>
/// <param name="First">The first sample.</param>
/// <param name="Last">The last one.</param>
/// <param name="Peak">The greatest.</param>
/// <param name="Limit">Bytes, or null.</param>
/// <param name="Lives">Stretches between restarts.</param>
/// <param name="Judged">Of those, long enough to be judged.</param>
/// <param name="Verdict">The judge's.</param>
/// <param name="Sawtooth">How far its restarts are apart, or null where there are fewer than two.</param>
/// <param name="Jumps">Rises that stand out.</param>
/// <param name="JumpBytes">Typical height of its jumps; 0 where there are none.</param>
/// <param name="JumpPeriod">Whether they keep to the clock.</param>
internal sealed record MemorySubject(
    string Name,
    string Source,
    long Samples,
    MemoryPoint First,
    MemoryPoint Last,
    MemoryPoint Peak,
    long? Limit,
    int Lives,
    int Judged,
    Verdict Verdict,
    Gaps? Sawtooth,
    int Jumps,
    long JumpBytes,
    ClockPeriod? JumpPeriod);

/// <summary>Something that precedes kills.</summary>
/// <param name="Name">Of an endpoint, a job or a message.</param>
/// <param name="Kind">"endpoint", "job" or "message".</param>
internal sealed record PrecursorFinding(string Name, string Kind, Precursor Precursor);

/// <param name="At">When, by the log's clock.</param>
/// <param name="In">From the log's end; negative where it should have come already.</param>
/// <param name="Basis">What that is taken from.</param>
internal sealed record NextKill(LogTime At, TimeSpan In, string Basis);

/// <param name="Endpoint">As logged.</param>
/// <param name="Cost">By regression of this log's memory on its requests, or null.</param>
/// <param name="Precursor">Null where it does not precede kills.</param>
internal sealed record RankedEndpoint(EndpointFacts Endpoint, RouteCost? Cost, Precursor? Precursor);

/// <summary>What `analyze-logs` says.</summary>
/// <param name="Facts">What was read.</param>
/// <param name="Subjects">The worst first.</param>
/// <param name="Kills">Those that memory may have to do with.</param>
/// <param name="TimeoutKills">Those of gunicorn's own clock.</param>
/// <param name="Clock">Whether kills keep to the clock.</param>
/// <param name="Gaps">How far they are apart, or null.</param>
/// <param name="Precursors">What is seen before kills more than chance allows; the surest first.</param>
/// <param name="Next">Null where nothing tells.</param>
/// <param name="Endpoints">Ranked.</param>
/// <param name="Causes">Sentences: what makes the kills come when they come.</param>
/// <param name="Notes">What could not be said.</param>
internal sealed record LogReport(
    LogFacts Facts,
    ImmutableArray<MemorySubject> Subjects,
    ImmutableArray<KillIncident> Kills,
    int TimeoutKills,
    ClockPeriod? Clock,
    Gaps? Gaps,
    ImmutableArray<PrecursorFinding> Precursors,
    NextKill? Next,
    ImmutableArray<RankedEndpoint> Endpoints,
    ImmutableArray<string> Causes,
    ImmutableArray<string> Notes)
{
    private static readonly LogEventKind[] Findings =
    [
        LogEventKind.MemoryExceeded, LogEventKind.Evicted, LogEventKind.MemoryError, LogEventKind.TooManyOpenFiles, LogEventKind.NoMoreThreads, LogEventKind.PoolExhausted,
        LogEventKind.UnclosedSession, LogEventKind.UnclosedResource, LogEventKind.TaskDestroyed, LogEventKind.LeakVerdict, LogEventKind.GrowthAlert,
    ];

    public bool Leaks => Subjects.Any(subject => subject.Verdict.Outcome == Outcome.Leak);

    /// <summary>Whether a person should look at it.</summary>
    public bool HasFindings => Leaks || !Kills.IsEmpty || Facts.Events.Any(tally => Findings.Contains(tally.Kind));
}
