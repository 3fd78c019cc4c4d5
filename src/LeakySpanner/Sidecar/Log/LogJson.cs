using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.Sidecar.Log;

/// <summary>One JSON object per line and event, for log collectors. Sizes in bytes, times in seconds; what is not known is null.</summary>
internal sealed class LogJson : ILogWriter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public void Write(LogEvent told, bool showPid, IBufferWriter<byte> into)
    {
        using (var json = new Utf8JsonWriter(into, Options))
        {
            json.WriteStartObject();
            json.WriteString("ts", told.At);
            json.WriteString("event", Name(told));
            if (told is WorkerEvent worker)
                json.WriteNumber("pid", worker.Pid);
            WriteFields(json, told);
            json.WriteEndObject();
        }

        into.Write("\n"u8);
    }

    private static string Name(LogEvent told) => told switch
    {
        SessionStarted => "session_start",
        WorkerStarted => "worker_start",
        WorkerEnded => "worker_end",
        Snapshot => "snapshot",
        TopAllocations => "top_allocations",
        LiveByEndpoint => "live_by_endpoint",
        EndpointDelta => "endpoint",
        EndpointsOmitted => "endpoints_omitted",
        GrowthAlert => "memory_growth_alert",
        VerdictChanged => "verdict",
        DiagnosisBegun => "diagnosis_start",
        Diagnosed => "diagnosis",
        Collected => "collected",
        Note => "note",
        SessionEnded => "session_summary",
        _ => throw new ArgumentOutOfRangeException(nameof(told)),
    };

    private static void WriteFields(Utf8JsonWriter json, LogEvent told)
    {
        switch (told)
        {
            case SessionStarted { Options: var options } started:
                json.WriteString("service", options.Service);
                json.WriteNumber("sidecar_pid", started.Pid);
                json.WriteString("level", options.Level.ToString().ToLowerInvariant());
                json.WriteNumber("interval_seconds", options.Interval.TotalSeconds);
                json.WriteNumber("leak_threshold_bytes", options.LeakThreshold.Bytes);
                break;
            case WorkerStarted worker:
                json.WriteNumber("slot", worker.Slot);
                json.WriteNumber("rss_bytes", worker.Rss.Bytes);
                break;
            case WorkerEnded worker:
                json.WriteNumber("slot", worker.Slot);
                json.WriteNumber("rss_bytes", worker.Rss.Bytes);
                json.WriteBoolean("oom_killed", worker.Killed);
                WriteOptional(json, "limit_bytes", worker.Limit?.Bytes);
                json.WriteString("limit_source", worker.LimitSource);
                break;
            case Snapshot snapshot:
                json.WriteNumber("rss_bytes", snapshot.Rss.Bytes);
                json.WriteNumber("virtual_bytes", snapshot.Virtual.Bytes);
                json.WriteNumber("delta_bytes", snapshot.Delta.Bytes);
                WriteCounts(json, snapshot);
                break;
            case EndpointDelta delta:
                json.WriteString("endpoint", delta.Endpoint);
                json.WriteNumber("delta_bytes", delta.Delta.Bytes);
                json.WriteNumber("status", delta.Status);
                json.WriteNumber("overlapped", delta.Overlapped);
                break;
            case EndpointsOmitted omitted:
                json.WriteNumber("count", omitted.Count);
                break;
            case GrowthAlert alert:
                json.WriteNumber("growth_bytes", (alert.Current - alert.Baseline).Bytes);
                json.WriteNumber("baseline_bytes", alert.Baseline.Bytes);
                json.WriteNumber("rss_bytes", alert.Current.Bytes);
                break;
            case Note note:
                json.WriteString("text", note.Text);
                break;
            default:
                WriteFindings(json, told);
                break;
        }
    }

    private static void WriteFindings(Utf8JsonWriter json, LogEvent told)
    {
        switch (told)
        {
            case TopAllocations top:
                json.WriteStartArray("sites");
                foreach (var site in top.Sites)
                {
                    json.WriteStartObject();
                    json.WriteString("file", site.File);
                    json.WriteNumber("line", site.Line);
                    json.WriteNumber("count", site.Count);
                    json.WriteNumber("bytes", site.Bytes);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                break;
            case LiveByEndpoint live:
                json.WriteNumber("live_bytes", Math.Round(live.Bytes));
                WriteLive(json, "endpoints", live.Endpoints);
                break;
            case VerdictChanged { Verdict: var verdict }:
                json.WriteString("outcome", verdict.Outcome switch { Outcome.Leak => "leak", Outcome.NoLeak => "no_leak", _ => "too_early_to_tell" });
                json.WriteString("severity", verdict.Severity.ToString().ToUpperInvariant());
                WriteOptional(json, "growth_bytes_per_minute", verdict.GrowthPerMinute);
                WriteOptional(json, "growth_low_bytes_per_minute", verdict.Low);
                WriteOptional(json, "growth_high_bytes_per_minute", verdict.High);
                WriteOptional(json, "time_to_limit_seconds", verdict.TimeToLimit?.TotalSeconds);
                json.WriteString("reason", verdict.Reason);
                break;
            case DiagnosisBegun begun:
                json.WriteString("reason", begun.Reason);
                break;
            case Diagnosed { Finding: var finding }:
                json.WriteString("outcome", finding.Outcome);
                json.WriteString("headline", finding.Headline);
                json.WriteStartArray("details");
                foreach (var (label, text) in finding.Details)
                {
                    json.WriteStartObject();
                    json.WriteString("label", label);
                    json.WriteString("text", text);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                break;
            case Collected { Result: var result }:
                json.WriteNumber("collected_objects", result.Report.Collected);
                json.WriteNumber("uncollectable_objects", result.Report.Uncollectable);
                json.WriteNumber("collect_seconds", result.Report.CollectSeconds);
                json.WriteBoolean("trimmed", result.Report.Trimmed);
                json.WriteNumber("trim_seconds", result.Report.TrimSeconds);
                json.WriteNumber("rss_before_bytes", result.RssBefore);
                json.WriteNumber("rss_after_bytes", result.RssAfter);
                break;
            case SessionEnded ended:
                SummaryJson.Write(json, ended.Summary);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(told));
        }
    }

    internal static void WriteLive(Utf8JsonWriter json, string name, IEnumerable<LiveEndpoint> endpoints)
    {
        json.WriteStartArray(name);
        foreach (var endpoint in endpoints)
        {
            json.WriteStartObject();
            json.WriteString("endpoint", endpoint.Route);
            json.WriteNumber("bytes", Math.Round(endpoint.Bytes));
            json.WriteNumber("samples", endpoint.Samples);
            json.WriteStartArray("sites");
            foreach (var site in endpoint.Sites)
            {
                json.WriteStartObject();
                json.WriteString("file", site.File);
                json.WriteNumber("line", site.Line);
                json.WriteString("function", site.Function);
                json.WriteNumber("bytes", Math.Round(site.Bytes));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteCounts(Utf8JsonWriter json, Snapshot snapshot)
    {
        if (snapshot.Counts is not { } counts)
        {
            json.WriteNull("gc_counts");
            return;
        }

        json.WriteStartArray("gc_counts");
        foreach (var count in counts)
            json.WriteNumberValue(count);
        json.WriteEndArray();
    }

    /// <summary>JSON has neither infinities nor what is not known.</summary>
    internal static void WriteOptional(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number && double.IsFinite(number))
            json.WriteNumber(name, Math.Round(number, 3));
        else
            json.WriteNull(name);
    }
}
