using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Usage;
using LeakySpanner.Sidecar.View;

namespace LeakySpanner.Metrics;

/// <summary>Requests by endpoint, over all workers of the session, so that counters do not fall when a worker ends.</summary>
internal sealed class EndpointMetrics
{
    /// <summary>Each is 27 series, 17 of them the histogram's.</summary>
    private const int MostEndpoints = 200;

    private readonly LabelBudget _names = new(MostEndpoints);

    public void Write(MetricsText text, ServiceView view)
    {
        var rows = view.Endpoints
            .Where(endpoint => endpoint.Kind != RequestKind.Collection)
            .Select(endpoint => (Label: _names.Label(endpoint.Name), Kind: KindName(endpoint.Kind), Endpoint: endpoint))
            .GroupBy(row => (row.Label, row.Kind), row => row.Endpoint)
            .Select(group => new Row(("endpoint", group.Key.Label), ("kind", group.Key.Kind), [.. group]))
            .ToList();

        text.Counter("leakyspanner_requests_total", "Requests that ended, by endpoint and how: success is a status below 400.");
        foreach (var row in rows)
        {
            var (client, server) = (row.Sum(endpoint => endpoint.ClientErrors), row.Sum(endpoint => endpoint.ServerErrors));
            text.Sample(row.Sum(endpoint => endpoint.Requests) - client - server, row.Name, row.Kind, ("result", "success"));
            text.Sample(client, row.Name, row.Kind, ("result", "client_error"));
            text.Sample(server, row.Name, row.Kind, ("result", "server_error"));
        }

        text.Histogram("leakyspanner_request_duration_seconds", "Duration of requests; of a WebSocket, from handshake to close.");
        foreach (var row in rows)
            text.Buckets(row.Latency(), row.Name, row.Kind);

        text.Counter("leakyspanner_response_bytes_total", "Bytes of response bodies.");
        Each(text, rows, endpoint => endpoint.ResponseBytes);
        text.Counter("leakyspanner_request_rss_delta_measured_total", "Requests whose resident memory was compared before and after.");
        Each(text, rows, endpoint => endpoint.Delta.Measured);
        text.Counter("leakyspanner_request_rss_delta_overlapped_total", "Of those, requests that others overlapped, whose memory is in the difference too.");
        Each(text, rows, endpoint => endpoint.Delta.Overlapped);
        text.Gauge("leakyspanner_request_rss_delta_sum_bytes", "Sum of the differences; may fall, because memory does.");
        Each(text, rows, endpoint => endpoint.Delta.SumBytes);
        WriteCosts(text, view);
    }

    private void WriteCosts(MetricsText text, ServiceView view)
    {
        // "(other)" is left out: bytes per request of different endpoints have no sum.
        var costs = view.Costs is { } known
            ? known.Routes.Select(cost => (Label: _names.Label(cost.Route), Cost: cost)).Where(row => row.Label != LabelBudget.Other).ToList()
            : [];
        Write("leakyspanner_leaked_bytes_per_request", "Bytes that a request leaves behind, by regression of growth on requests.", cost => cost.BytesPerRequest);
        Write("leakyspanner_leaked_low_bytes_per_request", "Lower end of its 95 % confidence interval; the endpoint leaks where it is above 0.", cost => cost.Low);
        Write("leakyspanner_leaked_high_bytes_per_request", "Upper end of its 95 % confidence interval.", cost => cost.High);
        text.Gauge("leakyspanner_background_growth_bytes_per_second", "Growth that goes with time and not with requests.");
        text.Sample(view.Costs?.BackgroundBytesPerMinute is { } pace ? Math.Round(pace / 60, 3) : null);

        void Write(string name, string help, Func<RouteCost, double> value)
        {
            text.Gauge(name, help);
            foreach (var (label, cost) in costs)
                text.Sample(value(cost), ("endpoint", label));
        }
    }

    private static void Each(MetricsText text, List<Row> rows, Func<EndpointView, long> value)
    {
        foreach (var row in rows)
            text.Sample(row.Sum(value), row.Name, row.Kind);
    }

    private static string KindName(RequestKind kind) => kind switch
    {
        RequestKind.Http => "http",
        RequestKind.WebSocket => "websocket",
        _ => "function",
    };

    private sealed record Row((string Name, string Value) Name, (string Name, string Value) Kind, List<EndpointView> Endpoints)
    {
        public long Sum(Func<EndpointView, long> value) => Endpoints.Sum(value);

        public LatencyHistogram Latency() => Endpoints.Count == 1
            ? Endpoints[0].Latency
            : new LatencyHistogram(
                [.. Enumerable.Range(0, LatencyHistogram.Bounds.Length + 1).Select(i => Endpoints.Sum(endpoint => i < endpoint.Latency.Counts.Length ? endpoint.Latency.Counts[i] : 0))],
                Endpoints.Sum(endpoint => endpoint.Latency.SumSeconds));
    }
}
