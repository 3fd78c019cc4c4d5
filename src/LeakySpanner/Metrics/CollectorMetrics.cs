using System.Globalization;
using LeakySpanner.Sidecar.View;

namespace LeakySpanner.Metrics;

/// <summary>The cyclic collector of every worker.</summary>
internal static class CollectorMetrics
{
    /// <summary>CPython has three, or two.</summary>
    private const int MostGenerations = 4;

    public static void Write(MetricsText text, ServiceView view)
    {
        text.Counter("leakyspanner_gc_collections_total", "Collections, by generation.");
        foreach (var worker in view.Workers)
        {
            for (var i = 0; worker.Collector is { } collector && i < Math.Min(MostGenerations, collector.Collections.Length); i++)
                text.Sample(collector.Collections[i], ServiceMetrics.Worker(worker), Generation(i));
        }

        ProcessMetrics.Each(text, view, "leakyspanner_gc_enabled", "1 where the collector runs by itself.", worker => worker.Collector is { } state ? state.Enabled ? 1 : 0 : null);
        text.Histogram("leakyspanner_gc_pause_seconds", "How long collections stopped the worker, by generation.");
        foreach (var (worker, pause) in Pauses(view))
            text.Buckets(pause.Timed, ServiceMetrics.Worker(worker), Generation(pause.Generation));
        text.Gauge("leakyspanner_gc_longest_pause_seconds", "The longest collection seen, by generation.");
        foreach (var (worker, pause) in Pauses(view))
            text.Sample(pause.LongestSeconds, ServiceMetrics.Worker(worker), Generation(pause.Generation));
        text.Counter("leakyspanner_gc_collected_objects_total", "Objects that timed collections freed, by generation.");
        foreach (var (worker, pause) in Pauses(view))
            text.Sample(pause.Collected, ServiceMetrics.Worker(worker), Generation(pause.Generation));
    }

    private static IEnumerable<(WorkerView Worker, PauseView Pause)> Pauses(ServiceView view) =>
        from worker in view.Workers
        from pause in worker.Pauses
        where pause.Generation is >= 0 and < MostGenerations
        select (worker, pause);

    private static (string Name, string Value) Generation(int number) => ("generation", number.ToString(CultureInfo.InvariantCulture));
}
