using LeakySpanner.Analysis.Rhythm;
using LeakySpanner.Scanning.Logs.Facts;
using LeakySpanner.Sessions.Logs;

namespace LeakySpanner.Reports;

/// <summary>Schema leakyspanner.logs/1. What is not known is null or an empty list.</summary>
internal sealed record LogsJson(
    string Schema,
    bool Findings,
    bool? Leak,
    string? First,
    string? Last,
    IReadOnlyList<LogFileJson> Files,
    IReadOnlyList<LogFormatJson> Formats,
    long OtherMessages,
    long LinesNotUnderstood,
    IReadOnlyList<string> LinesNotUnderstoodSamples,
    IReadOnlyList<KillJson> Kills,
    long KillsInAll,
    RhythmJson Rhythm,
    IReadOnlyList<PrecursorJson> BeforeKills,
    NextKillJson? NextKill,
    IReadOnlyList<string> Causes,
    IReadOnlyList<LogMemoryJson> Memory,
    IReadOnlyList<LogEndpointJson> Endpoints,
    IReadOnlyList<LogEventJson> Events,
    IReadOnlyList<LogAllocationJson> Allocations,
    IReadOnlyList<string> Notes)
{
    public static LogsJson Of(LogReport report) => new(
        "leakyspanner.logs/1",
        report.HasFindings,
        report.Leaks ? true : report.Subjects.Any(subject => subject.Verdict.Outcome == Model.Findings.Outcome.NoLeak) ? false : null,
        Time(report.Facts.First),
        Time(report.Facts.Last),
        [.. report.Facts.Files.Select(file => new LogFileJson(file.Name, file.Lines, file.Bytes, file.Trouble))],
        [.. report.Facts.Formats.Select(format => new LogFormatJson(format.Format, format.Lines))],
        report.Facts.OrdinaryLines,
        report.Facts.UnreadLines,
        report.Facts.UnreadSamples,
        [.. report.Facts.Kills.Select(kill => new KillJson(Time(kill.At), Name(kill.Cause), kill.Who, kill.Pids, kill.Bytes, kill.Limit, kill.Sources))],
        report.Facts.KillsInAll,
        RhythmJson.Of(report.Clock, report.Gaps),
        [.. report.Precursors.Select(finding => PrecursorJson.Of(finding.Name, finding.Kind, finding.Precursor))],
        report.Next is { } next ? new(Time(next.At), next.In.TotalSeconds, next.Basis) : null,
        report.Causes,
        [.. report.Subjects.Select(LogMemoryJson.Of)],
        [.. report.Endpoints.Select(LogEndpointJson.Of)],
        [.. report.Facts.Events.Select(tally => new LogEventJson(Name(tally.Kind), tally.Detail, tally.Site, tally.Count, Time(tally.First), Time(tally.Last)))],
        [.. report.Facts.Allocations.Select(site => new LogAllocationJson(site.Site, site.First, site.Last, site.Greatest, site.Count, site.Listings))],
        report.Notes);

    /// <summary>"2026-03-01 14:32:05", a time of day where no date is known, or null.</summary>
    public static string? Time(LogTime time) => time.IsKnown ? time.ToString() : null;

    public static string Name(LogEventKind kind) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());

    private static string Name(KillCause cause) => cause switch
    {
        KillCause.OutOfMemory => "out_of_memory",
        KillCause.Timeout => "timeout",
        _ => "signal",
    };
}

internal sealed record LogFileJson(string Name, long Lines, long Bytes, string? Trouble);

internal sealed record LogFormatJson(string Format, long Lines);

/// <param name="Cause">out_of_memory, signal (signal 9 or exit 137 and nobody says why) or timeout (gunicorn's own).</param>
internal sealed record KillJson(string? At, string Cause, string? Who, IReadOnlyList<int> Pids, long? RssBytes, long? LimitBytes, IReadOnlyList<string> ToldBy);

/// <param name="PeriodSeconds">Null where kills do not keep to the clock.</param>
/// <param name="PhaseSeconds">Since midnight, or since Monday's.</param>
internal sealed record RhythmJson(
    double? PeriodSeconds, double? PhaseSeconds, string? Period, int? EventsInPhase, double? Chance, double? GapMedianSeconds, double? GapLowSeconds, double? GapHighSeconds, bool GapsAreRegular)
{
    public static RhythmJson Of(ClockPeriod? clock, Gaps? gaps) => new(
        clock?.Period.TotalSeconds, clock?.Phase.TotalSeconds, clock is null ? null : RhythmText.Of(clock), clock?.Events, clock?.Chance,
        gaps?.Median.TotalSeconds, gaps?.Low.TotalSeconds, gaps?.High.TotalSeconds, gaps is { AreRegular: true });
}

/// <param name="Lift">Null where it is never seen elsewhere.</param>
internal sealed record PrecursorJson(string Name, string Kind, int Kills, int OfKills, double? Lift, double Chance)
{
    public static PrecursorJson Of(string name, string kind, Precursor precursor) => new(
        name, kind, precursor.Windows, precursor.Among, double.IsFinite(precursor.Lift) ? Math.Round(precursor.Lift, 2) : null, precursor.Chance);
}

internal sealed record NextKillJson(string? At, double InSeconds, string Basis);

internal sealed record LogMemoryJson(
    string Name, string Source, long Samples, VerdictJson Verdict, long FirstBytes, long LastBytes, long PeakBytes, string? PeakAt, long? LimitBytes, int Lives, int JudgedLives,
    double? SawtoothPeriodSeconds, bool SawtoothIsRegular, int Jumps, long? JumpBytes, string? JumpPeriod)
{
    public static LogMemoryJson Of(MemorySubject subject) => new(
        subject.Name, subject.Source, subject.Samples, VerdictJson.Of(subject.Verdict), subject.First.Bytes, subject.Last.Bytes, subject.Peak.Bytes, LogsJson.Time(subject.Peak.At),
        subject.Limit, subject.Lives, subject.Judged, subject.Sawtooth?.Median.TotalSeconds, subject.Sawtooth is { AreRegular: true }, subject.Jumps, subject.Jumps > 0 ? subject.JumpBytes : null, subject.JumpPeriod is null ? null : RhythmText.Of(subject.JumpPeriod));
}

/// <param name="BytesPerRequest">By regression of memory on requests, here or in our own log; null where neither is there.</param>
internal sealed record LogEndpointJson(
    string Endpoint, long Requests, long ServerErrors, long Deltas, double? DeltaAverageBytes, long? DeltaMaxBytes, double? BytesPerRequest, double? BytesPerRequestLow,
    double? BytesPerRequestHigh, double? ShareOfGrowth, PrecursorJson? BeforeKills)
{
    public static LogEndpointJson Of(RankedEndpoint ranked) => new(
        ranked.Endpoint.Name, ranked.Endpoint.Requests, ranked.Endpoint.ServerErrors, ranked.Endpoint.Deltas, ranked.Endpoint.DeltaAverage, ranked.Endpoint.DeltaMax,
        ranked.Cost?.BytesPerRequest ?? ranked.Endpoint.BytesPerRequest, VerdictJson.Finite(ranked.Cost?.Low), VerdictJson.Finite(ranked.Cost?.High), ranked.Cost?.ShareOfGrowth,
        ranked.Precursor is { } precursor ? PrecursorJson.Of(ranked.Endpoint.Name, "endpoint", precursor) : null);
}

internal sealed record LogEventJson(string Kind, string? Detail, string? Site, long Count, string? First, string? Last);

internal sealed record LogAllocationJson(string Line, long FirstBytes, long LastBytes, long MaxBytes, long Blocks, int Listings);
