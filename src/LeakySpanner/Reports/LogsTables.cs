using LeakySpanner.Scanning.Logs.Facts;
using LeakySpanner.Sessions.Logs;

namespace LeakySpanner.Reports;

/// <summary>The tables of `analyze-logs`.</summary>
internal static class LogsTables
{
    public static void WriteEndpoints(ReportWriter writer, LogReport report, int rows)
    {
        if (report.Endpoints.IsEmpty)
            return;
        writer.Blank();
        writer.Line(Piece.Strong("endpoints"), ", those that leave most behind first");
        WriteFilled(writer, ["requests", "errors", "memory avg", "memory max", "per request", "before kills", "endpoint"], [.. report.Endpoints.Take(rows).Select(ranked =>
        {
            var endpoint = ranked.Endpoint;
            return new[]
            {
                Phrase.Count(endpoint.Requests > 0 ? endpoint.Requests : endpoint.Deltas),
                endpoint.ServerErrors == 0 ? "" : Phrase.Count(endpoint.ServerErrors),
                endpoint.DeltaAverage is { } average ? Phrase.Change((long)average) : "",
                endpoint.DeltaMax is { } most ? Phrase.Change(most) : "",
                ranked.Cost is { IsLeaking: true } cost ? Phrase.Bytes((long)cost.BytesPerRequest) : endpoint.BytesPerRequest is { } told ? Phrase.Bytes((long)told) : "",
                ranked.Precursor is { } precursor ? $"{precursor.Windows} of {precursor.Among}" : "",
                endpoint.Name,
            };
        })]);
        if (report.Endpoints.Length > rows)
            writer.Line(3, 3, Piece.Faint($"and {Phrase.Plural(report.Endpoints.Length - rows, "other endpoint")}; --rows shows more"));
    }

    /// <summary>Without the columns that nothing stands in.</summary>
    public static void WriteFilled(ReportWriter writer, string[] headings, IReadOnlyList<string[]> rows)
    {
        var filled = Enumerable.Range(0, headings.Length).Where(column => rows.Any(row => row[column].Length > 0)).ToArray();
        TableText.Write(writer, 3, Array.ConvertAll(filled, column => headings[column]), [.. rows.Select(row => Array.ConvertAll(filled, column => row[column]))]);
    }

    public static void WriteEvents(ReportWriter writer, LogReport report, int rows)
    {
        // Kills have a table of their own.
        var events = report.Facts.Events;
        if (events.IsEmpty)
            return;
        writer.Blank();
        writer.Line(Piece.Strong("what else happened"));
        var shown = events.OrderBy(tally => IsRoutine(tally.Kind)).ThenByDescending(tally => tally.Count).ToList();
        TableText.Write(writer, 3, ["count", "first", "last", "what"], [.. shown.Take(rows).Select(tally => new[]
        {
            Phrase.Count(tally.Count), tally.First.ToString(), tally.Last.ToString(), What(tally),
        })]);
        if (shown.Count > rows)
            writer.Line(3, 3, Piece.Faint($"and {Phrase.Plural(shown.Count - rows, "other kind")}; --rows shows more"));
    }

    public static void WriteAllocations(ReportWriter writer, LogReport report, int rows)
    {
        var sites = report.Facts.Allocations;
        if (sites.IsEmpty)
            return;
        writer.Blank();
        writer.Line(Piece.Strong("allocations by line"), " (tracemalloc), those that grew most between listings first");
        TableText.Write(writer, 3, ["last", "growth", "blocks", "listings", "line"], [.. sites
            .OrderByDescending(site => site.Last - site.First).ThenByDescending(site => site.Last).ThenBy(site => site.Site, StringComparer.Ordinal).Take(rows)
            .Select(site => new[] { Phrase.Bytes(site.Last), site.Listings > 1 ? Phrase.Change(site.Last - site.First) : "", Phrase.Count(site.Count), Phrase.Count(site.Listings), site.Site })]);
    }

    /// <summary>For a person; the name in JSON is <see cref="LogsJson.Name(LogEventKind)"/>.</summary>
    public static string What(LogEventKind kind) => kind switch
    {
        LogEventKind.Killed => "killed",
        LogEventKind.MemoryExceeded => "memory quota exceeded",
        LogEventKind.WorkerTimeout => "worker timed out",
        LogEventKind.Started => "process started",
        LogEventKind.Ended => "process ended",
        LogEventKind.Recycled => "worker recycled after its share of requests",
        LogEventKind.Evicted => "pod evicted",
        LogEventKind.RestartBackOff => "restart backed off",
        LogEventKind.MemoryError => "MemoryError",
        LogEventKind.TooManyOpenFiles => "too many open files",
        LogEventKind.NoMoreThreads => "no more threads",
        LogEventKind.PoolExhausted => "no connection left in",
        LogEventKind.UnclosedSession => "left open:",
        LogEventKind.UnclosedResource => "never closed:",
        LogEventKind.TaskDestroyed => "task destroyed while pending:",
        LogEventKind.CoroutineNotAwaited => "coroutine never awaited:",
        LogEventKind.GrowthAlert => "memory growth alert",
        LogEventKind.LeakVerdict => "verdict: leak",
        LogEventKind.Diagnosis => "diagnosis:",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private static string What(EventTally tally) =>
        What(tally.Kind) + (tally.Detail is { } detail ? " " + detail : "") + (tally.Site is { } site ? $"  at {site}" : "");

    private static bool IsRoutine(LogEventKind kind) => kind is LogEventKind.Started or LogEventKind.Ended or LogEventKind.Recycled;
}
