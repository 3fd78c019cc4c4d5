using System.Text;
using System.Text.Json;
using LeakySpanner.Scanning.Logs.Facts;
using LeakySpanner.Scanning.Logs.Reading;

namespace LeakySpanner.Scanning.Logs.Formats;

/// <summary>The JSON lines of `leakyspanner(app, log_format="json")`: known by "ts" and "event".</summary>
internal static class OwnJson
{
    public const string Name = "leakyspanner log";

    /// <param name="raw">The whole object, for the list in it.</param>
    public static bool TryRead(LogLine line, JsonFields json, ReadOnlySpan<byte> raw, LogTally tally)
    {
        if (!json.TryText("event"u8, out var told) || !json.Has("ts"u8))
            return false;
        int? pid = json.TryNumber("pid"u8, out var number) ? (int)number : null;
        long? rss = json.TryNumber("rss_bytes"u8, out var size) ? (long)size : null;
        long? limit = json.TryNumber("limit_bytes"u8, out var most) ? (long)most : null;
        var about = new LogEvent(default, line.At, Name) { Pid = pid };
        if (told.SequenceEqual("snapshot"u8) && rss is { } bytes)
            tally.Sample($"pid {pid}", Name, line.At, bytes);
        else if (told.SequenceEqual("worker_start"u8))
            tally.Event(about with { Kind = LogEventKind.Started });
        else if (told.SequenceEqual("worker_end"u8))
            tally.Event(json.IsTrue("oom_killed"u8) ? about with { Kind = LogEventKind.Killed, Cause = KillCause.OutOfMemory, Bytes = rss, Limit = limit, Who = "worker" } : about with { Kind = LogEventKind.Ended });
        else if (told.SequenceEqual("endpoint"u8) && json.TryText("endpoint"u8, out var endpoint) && json.TryNumber("delta_bytes"u8, out var delta))
            Delta(endpoint, (long)delta, tally);
        else if (told.SequenceEqual("memory_growth_alert"u8))
            tally.Event(about with { Kind = LogEventKind.GrowthAlert });
        else if (told.SequenceEqual("verdict"u8) && json.TryText("outcome"u8, out var outcome) && outcome.SequenceEqual("leak"u8))
            tally.Event(about with { Kind = LogEventKind.LeakVerdict });
        else if (told.SequenceEqual("diagnosis"u8) && json.TryText("headline"u8, out var headline))
            tally.Event(about with { Kind = LogEventKind.Diagnosis, Detail = LineScanner.Text(headline) });
        else if (told.SequenceEqual("session_summary"u8))
            Summary(raw, tally);
        return true;
    }

    /// <summary>Once per session: its list of endpoints.</summary>
    private static void Summary(ReadOnlySpan<byte> raw, LogTally tally)
    {
        try
        {
            using var document = JsonDocument.Parse(raw.ToArray());
            if (!document.RootElement.TryGetProperty("endpoints"u8, out var endpoints) || endpoints.ValueKind != JsonValueKind.Array)
                return;
            foreach (var endpoint in endpoints.EnumerateArray())
            {
                if (endpoint.ValueKind != JsonValueKind.Object || !endpoint.TryGetProperty("endpoint"u8, out var name) || name.ValueKind != JsonValueKind.String)
                    continue;
                var (method, path) = OwnSummary.Split(Encoding.UTF8.GetBytes(name.GetString()!));
                var count = tally.Endpoint(method, path);
                if (Number(endpoint, "delta_measured"u8) is > 0 and var calls && Number(endpoint, "delta_average_bytes"u8) is { } average && Number(endpoint, "delta_max_bytes"u8) is { } most)
                    count.AddSummary((long)calls, average, (long)most);
                count.BytesPerRequest = Number(endpoint, "bytes_per_request"u8) ?? count.BytesPerRequest;
            }
        }
        catch (JsonException)
        {
            // Wrapped, or cut: the lines before it tell the same of some requests.
        }
    }

    private static double? Number(JsonElement element, ReadOnlySpan<byte> name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number) ? number : null;

    private static void Delta(ReadOnlySpan<byte> endpoint, long bytes, LogTally tally)
    {
        var (method, path) = OwnSummary.Split(endpoint);
        tally.Endpoint(method, path).AddLine(bytes);
    }
}
