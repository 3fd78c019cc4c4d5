using LeakySpanner.Sidecar.View;

namespace LeakySpanner.Metrics;

/// <summary>What the sampling agents of living workers tell.</summary>
internal sealed class SamplingMetrics
{
    private const int MostEndpoints = 200;

    private readonly LabelBudget _names = new(MostEndpoints);

    public void Write(MetricsText text, ServiceView view)
    {
        text.Gauge("leakyspanner_endpoint_live_bytes", "Memory that requests of the endpoint asked for and nobody has freed, estimated from samples, over living workers.");
        var endpoints = view.Workers.SelectMany(worker => worker.Allocations?.Endpoints ?? [])
            .GroupBy(endpoint => _names.Label(endpoint.Route), StringComparer.Ordinal);
        foreach (var endpoint in endpoints)
            text.Sample(Math.Round(endpoint.Sum(part => part.Bytes)), ("endpoint", endpoint.Key));
        ProcessMetrics.Each(text, view, "leakyspanner_live_bytes", "Memory that was asked for since sampling began and not freed, estimated from samples.",
            worker => worker.Allocations is { } live ? Math.Round(live.Bytes) : null);
        ProcessMetrics.Each(text, view, "leakyspanner_live_samples", "Samples on which that stands; its relative error is about one over their root.",
            worker => worker.Allocations?.Samples);
        ProcessMetrics.Each(text, view, "leakyspanner_sampling", "1 where the sampling agent runs in the worker, 0 where it does not.",
            worker => worker.Sampling is null ? 0 : 1);
        ProcessMetrics.Each(text, view, "leakyspanner_samples_without_room", "Samples since the worker's start for which the agent's table had no room, so that live bytes are short of them.",
            worker => worker.Sampling?.SlotsFull);
    }
}
