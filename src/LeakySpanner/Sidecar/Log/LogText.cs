using System.Buffers;
using System.Globalization;
using System.Text;
using LeakySpanner.Model;
using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Usage;
using LeakySpanner.Reports;

namespace LeakySpanner.Sidecar.Log;

/// <summary>
/// Lines for people and for grep. Snapshot, ENDPOINT, alert, summary and allocation lines are what existing tools look for: they may get
/// a suffix, but never change.
/// </summary>
internal sealed class LogText : ILogWriter
{
    private readonly StringBuilder _text = new();

    public void Write(LogEvent told, bool showPid, IBufferWriter<byte> into)
    {
        _text.Clear();
        var pid = showPid && told is WorkerEvent worker ? $"  pid={Number(worker.Pid)}" : "";
        Append(told, pid);
        foreach (var chunk in _text.GetChunks())
            Encoding.UTF8.GetBytes(chunk.Span, into);
    }

    private void Append(LogEvent told, string pid)
    {
        switch (told)
        {
            case Snapshot snapshot:
                var counts = snapshot.Counts is { } gc ? $"  GC=({string.Join(", ", gc.Select(Number))})" : "";
                Line($"{Time(told)} RSS={MB(snapshot.Rss, "0.0")}  VMS={MB(snapshot.Virtual, "0.0")}  delta={MB(snapshot.Delta, Signed1)}{counts}{pid}");
                break;
            case EndpointDelta delta:
                var overlapped = delta.Overlapped > 0 ? $"  overlapped={Number(delta.Overlapped)}" : "";
                Line($"  {Time(told)} ENDPOINT {delta.Endpoint}  mem_delta={MB(delta.Delta, Signed2)}  status={Number(delta.Status)}{overlapped}{pid}");
                break;
            case EndpointsOmitted omitted:
                Line($"  {Time(told)} {Phrase.Plural(omitted.Count, "more ENDPOINT line")} left out");
                break;
            case GrowthAlert alert:
                Line($"  ⚠️  {Time(told)} MEMORY GROWTH ALERT: {Spaced(alert.Current - alert.Baseline, Signed1)} above baseline{pid}");
                Line($"                 (baseline={Spaced(alert.Baseline, "0.0")}, current={Spaced(alert.Current, "0.0")})");
                break;
            case TopAllocations top:
                Line($"  ── top allocations ──{pid}");
                foreach (var site in top.Sites)
                    Line($"    {(site.Bytes / 1024.0).ToString("0.0", CultureInfo.InvariantCulture)}KB × {Number(site.Count),-3} {site.File}:{Number(site.Line)}");
                break;
            case SessionEnded ended:
                SummaryText.Write(Line, ended.Summary);
                break;
            default:
                AppendOwn(told, pid);
                break;
        }
    }

    /// <summary>Lines that only this program writes.</summary>
    private void AppendOwn(LogEvent told, string pid)
    {
        switch (told)
        {
            case SessionStarted started:
                var options = started.Options;
                Line($"{Time(told)} SESSION {options.Service}  level={options.Level.ToString().ToLowerInvariant()}  interval={Number(options.Interval.TotalSeconds)}s"
                    + $"  threshold={Number(options.LeakThreshold.InMB)}MB  sidecar={Number(started.Pid)}");
                break;
            case WorkerStarted worker:
                Line($"{Time(told)} WORKER {Number(worker.Slot)} started  pid={Number(worker.Pid)}  RSS={MB(worker.Rss, "0.0")}");
                break;
            case WorkerEnded worker:
                Line($"{Time(told)} WORKER {Number(worker.Slot)} ended  pid={Number(worker.Pid)}  RSS={MB(worker.Rss, "0.0")}{Killed(worker)}");
                break;
            case VerdictChanged { Verdict: var verdict }:
                Line($"{Time(told)} VERDICT {Outcome(verdict)}{pid}");
                Line($"                 ({verdict.Reason})");
                break;
            case DiagnosisBegun begun:
                Line($"{Time(told)} DIAGNOSIS of pid {Number(begun.Pid)} begins: {begun.Reason}");
                break;
            case Diagnosed { Finding: var finding } diagnosed:
                Line($"{Time(told)} DIAGNOSIS of pid {Number(diagnosed.Pid)}: {finding.Headline}");
                foreach (var (label, text) in finding.Details)
                    Line($"                 {label,-13} {text}");
                break;
            case Collected { Result: var result }:
                Line($"{Time(told)} COLLECTED {Phrase.Plural(result.Report.Collected, "object")} in {Phrase.Milliseconds(result.Report.CollectSeconds * 1000)}"
                    + $"{(result.Report.Trimmed ? ", trimmed" : "")}  RSS={MB(new ByteSize(result.RssAfter), "0.0")}  change={MB(new ByteSize(result.RssAfter - result.RssBefore), Signed1)}{pid}");
                break;
            case LiveByEndpoint live:
                Line($"  ── live allocations by endpoint ──{pid}");
                foreach (var endpoint in live.Endpoints)
                    Line($"    {Live(endpoint, live.Bytes)}");
                break;
            case Note note:
                Line($"{Time(told)} NOTE {note.Text}");
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(told));
        }
    }

    private static string Outcome(Verdict verdict) => verdict.Outcome switch
    {
        Model.Findings.Outcome.Leak => $"LEAK  growth={Phrase.Growth(verdict.GrowthPerMinute)} ({Phrase.Interval(verdict.Low, verdict.High)})"
            + $"  severity={verdict.Severity.ToString().ToUpperInvariant()}"
            + (verdict.TimeToLimit is { } left ? $"  limit in {Phrase.Duration(left)}" : ""),
        Model.Findings.Outcome.NoLeak => "NO LEAK",
        _ => "TOO EARLY TO TELL",
    };

    /// <summary>"612.4MB  97 %  GET /query/{q}  (app/cache.py:42)".</summary>
    internal static string Live(LiveEndpoint endpoint, double all)
    {
        var at = endpoint.Sites.IsEmpty || endpoint.Sites[0].File.Length == 0 ? "" : $"  ({endpoint.Sites[0].File}:{Number(endpoint.Sites[0].Line)})";
        return $"{MB(new ByteSize((long)endpoint.Bytes), "0.0")}  {Phrase.Share(all > 0 ? endpoint.Bytes / all : 0)}  {endpoint.Route}{at}";
    }

    private static string Killed(WorkerEnded worker) => !worker.Killed ? ""
        : worker.Limit is { } limit ? $"  killed by the kernel: its limit is {limit} ({worker.LimitSource})"
        : "  killed by the kernel for want of memory";

    internal const string Signed1 = "+0.0;-0.0;+0.0";
    internal const string Signed2 = "+0.00;-0.00;+0.00";

    private static string Time(LogEvent told) => told.At.ToString("'['HH':'mm':'ss']'", CultureInfo.InvariantCulture);

    internal static string MB(ByteSize size, string format) => size.InMB.ToString(format, CultureInfo.InvariantCulture) + "MB";

    internal static string Spaced(ByteSize size, string format) => size.InMB.ToString(format, CultureInfo.InvariantCulture) + " MB";

    internal static string Number(double number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>One line whatever the text holds: names and paths come from the program that is watched.</summary>
    private void Line(string text)
    {
        foreach (var character in text)
            _text.Append(char.IsControl(character) || character is (>= '\u2028' and <= '\u202e') or (>= '\u2066' and <= '\u2069') ? '\uFFFD' : character);
        _text.Append('\n');
    }
}
