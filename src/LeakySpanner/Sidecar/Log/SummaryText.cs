using System.Globalization;
using LeakySpanner.Model.Usage;
using LeakySpanner.Reports;
using LeakySpanner.Sidecar.View;

namespace LeakySpanner.Sidecar.Log;

/// <summary>The block at the end of a session. With several workers its first lines are those of the one that grew most.</summary>
internal static class SummaryText
{
    private const int MostEndpoints = 50;

    private static readonly string Rule = new('=', 70);

    public static void Write(Action<string> line, SessionSummary summary)
    {
        line(Rule);
        line("  LEAKYSPANNER SESSION SUMMARY");
        line(Rule);
        WriteWorkers(line, summary);
        WriteEndpoints(line, summary);
        WriteCosts(line, summary);
        WriteLive(line, summary);
        foreach (var diagnosis in summary.Diagnoses)
        {
            line("");
            line($"  DIAGNOSIS of pid {diagnosis.Pid} ({diagnosis.At.ToString("HH':'mm':'ss", CultureInfo.InvariantCulture)}): {diagnosis.Headline}");
        }

        if (summary.Lost > 0)
        {
            line("");
            line($"  {Phrase.Plural(summary.Lost, "request record")} overwritten before they were read");
        }

        line(Rule);
    }

    private static void WriteWorkers(Action<string> line, SessionSummary summary)
    {
        if (summary.Workers.IsEmpty)
        {
            line("  No worker was seen");
            return;
        }

        var most = summary.Workers[0];
        line($"  Peak RSS    : {LogText.Spaced(most.Peak, "0.0")}");
        line($"  Final RSS   : {LogText.Spaced(most.Final, "0.0")}");
        line($"  Baseline RSS: {LogText.Spaced(most.Baseline, "0.0")}");
        line($"  Net growth  : {LogText.Spaced(most.Growth, LogText.Signed1)}");
        if (most.Killed)
            line("  Killed by the kernel for want of memory");
        if (summary.WorkersInAll == 1)
            return;
        line("");
        line($"  WORKERS ({summary.WorkersInAll}; above: pid {most.Pid}, which grew most):");
        foreach (var worker in summary.Workers)
        {
            line(string.Create(
                CultureInfo.InvariantCulture,
                $"    pid {worker.Pid,-8} baseline={worker.Baseline.InMB:0.0}MB  peak={worker.Peak.InMB:0.0}MB  final={worker.Final.InMB:0.0}MB  growth={LogText.MB(worker.Growth, LogText.Signed1)}{(worker.Killed ? "  killed" : "")}"));
        }
    }

    private static void WriteEndpoints(Action<string> line, SessionSummary summary)
    {
        var endpoints = summary.Endpoints.OrderByDescending(endpoint => endpoint.Delta.AverageBytes).ThenByDescending(endpoint => endpoint.Requests).ToList();
        if (endpoints.Count == 0)
            return;
        line("");
        line("  ENDPOINT MEMORY DELTAS (sorted by avg):");
        foreach (var endpoint in endpoints.Take(MostEndpoints))
        {
            var (method, path) = Split(endpoint);
            var overlapped = endpoint.Delta.Overlapped > 0 ? $"  overlapped={endpoint.Delta.Overlapped}" : "";
            line(string.Create(
                CultureInfo.InvariantCulture,
                $"    {method,-6} {path,-35} calls={endpoint.Requests,4}  avg={Delta(endpoint.Delta.AverageBytes)}MB  max={Delta(endpoint.Delta.MaxBytes),6}MB{overlapped}"));
        }

        if (endpoints.Count > MostEndpoints)
            line($"    and {endpoints.Count - MostEndpoints} more");
    }

    private static void WriteCosts(Action<string> line, SessionSummary summary)
    {
        if (summary.Costs is not { Routes.IsEmpty: false } costs)
            return;
        line("");
        line("  BYTES LEFT PER REQUEST (by regression, 95 % interval):");
        foreach (var cost in costs.Routes.Take(MostEndpoints))
        {
            var share = cost.ShareOfGrowth is { } part ? $"  {Phrase.Share(part)} of the growth" : "";
            line($"    {cost.Route,-42} {Phrase.Bytes((long)cost.BytesPerRequest)} ({Phrase.Bytes((long)cost.Low)} to {Phrase.Bytes((long)cost.High)})  requests={cost.Requests}{(cost.IsLeaking ? share : "")}");
        }

        if (costs.BackgroundBytesPerMinute is { } background)
            line($"    without any request: {Phrase.Growth(background)}");
        foreach (var note in costs.Notes)
            line($"    ({note})");
    }

    private static void WriteLive(Action<string> line, SessionSummary summary)
    {
        if (summary.Live is not { Samples: > 0 } live)
            return;
        line("");
        line($"  LIVE ALLOCATIONS BY ENDPOINT (estimates from {Phrase.Plural(live.Samples, "sample")}):");
        foreach (var endpoint in live.Endpoints.Take(MostEndpoints))
            line($"    {LogText.Live(endpoint, live.Bytes)}");
    }

    private static string Delta(double bytes) => (bytes / Model.ByteSize.MB).ToString(LogText.Signed2, CultureInfo.InvariantCulture);

    /// <summary>"GET /query/{q}" in two columns; a function's name stands where paths do.</summary>
    private static (string Method, string Path) Split(EndpointView endpoint)
    {
        if (endpoint.Kind == RequestKind.Function)
            return ("CALL", endpoint.Name);
        var space = endpoint.Name.IndexOf(' ', StringComparison.Ordinal);
        return space <= 0 ? ("", endpoint.Name) : (endpoint.Name[..space], endpoint.Name[(space + 1)..]);
    }
}
