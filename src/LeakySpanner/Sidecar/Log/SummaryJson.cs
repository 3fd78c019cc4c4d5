using System.Text.Json;
using LeakySpanner.Model.Findings;
using LeakySpanner.Sidecar.View;

namespace LeakySpanner.Sidecar.Log;

/// <summary>The fields of the last line of a session.</summary>
internal static class SummaryJson
{
    public static void Write(Utf8JsonWriter json, SessionSummary summary)
    {
        json.WriteNumber("duration_seconds", Math.Round(summary.Duration.TotalSeconds, 3));
        json.WriteNumber("workers_in_all", summary.WorkersInAll);
        json.WriteNumber("lost_records", summary.Lost);
        json.WriteStartArray("workers");
        foreach (var worker in summary.Workers)
        {
            json.WriteStartObject();
            json.WriteNumber("pid", worker.Pid);
            json.WriteNumber("baseline_bytes", worker.Baseline.Bytes);
            json.WriteNumber("peak_bytes", worker.Peak.Bytes);
            json.WriteNumber("final_bytes", worker.Final.Bytes);
            json.WriteNumber("growth_bytes", worker.Growth.Bytes);
            json.WriteBoolean("oom_killed", worker.Killed);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("endpoints");
        foreach (var endpoint in summary.Endpoints)
            Write(json, endpoint);
        json.WriteEndArray();
        LogJson.WriteOptional(json, "background_bytes_per_minute", summary.Costs?.BackgroundBytesPerMinute);
        LogJson.WriteLive(json, "live_endpoints", summary.Live?.Endpoints ?? []);
        json.WriteStartArray("diagnoses");
        foreach (var diagnosis in summary.Diagnoses)
        {
            json.WriteStartObject();
            json.WriteNumber("pid", diagnosis.Pid);
            json.WriteString("at", diagnosis.At);
            json.WriteString("headline", diagnosis.Headline);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, EndpointView endpoint)
    {
        json.WriteStartObject();
        json.WriteString("endpoint", endpoint.Name);
        json.WriteNumber("requests", endpoint.Requests);
        json.WriteNumber("client_errors", endpoint.ClientErrors);
        json.WriteNumber("server_errors", endpoint.ServerErrors);
        json.WriteNumber("response_bytes", endpoint.ResponseBytes);
        json.WriteNumber("duration_sum_seconds", Math.Round(endpoint.Latency.SumSeconds, 6));
        json.WriteNumber("delta_average_bytes", Math.Round(endpoint.Delta.AverageBytes, 1));
        json.WriteNumber("delta_max_bytes", endpoint.Delta.MaxBytes);
        json.WriteNumber("delta_measured", endpoint.Delta.Measured);
        json.WriteNumber("delta_overlapped", endpoint.Delta.Overlapped);
        Write(json, endpoint.Cost);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, RouteCost? cost)
    {
        LogJson.WriteOptional(json, "bytes_per_request", cost?.BytesPerRequest);
        LogJson.WriteOptional(json, "bytes_per_request_low", cost?.Low);
        LogJson.WriteOptional(json, "bytes_per_request_high", cost?.High);
    }
}
