using LeakySpanner.Model.Usage;
using LeakySpanner.Sidecar.View;

namespace LeakySpanner.Metrics;

/// <summary>The heap of every worker as the last census counted it.</summary>
internal sealed class HeapMetrics
{
    private const int TopTypes = 20;

    /// <summary>Over the session; types come and go among the top ones.</summary>
    private const int MostTypes = 100;

    private readonly LabelBudget _types = new(MostTypes);

    public void Write(MetricsText text, ServiceView view)
    {
        var rows = view.Workers.SelectMany(worker => Rows(worker).Select(type => (Worker: ServiceMetrics.Worker(worker), Type: type))).ToList();
        text.Gauge("leakyspanner_heap_objects", "Live objects by type: the 20 types that hold most bytes, and all others together.");
        foreach (var (worker, type) in rows)
            text.Sample(type.Count, worker, ("type", type.Name));
        text.Gauge("leakyspanner_heap_objects_bytes", "Bytes of those objects, without buffers.");
        foreach (var (worker, type) in rows)
            text.Sample(type.Bytes, worker, ("type", type.Name));
        ProcessMetrics.Each(text, view, "leakyspanner_heap_arena_bytes", "Bytes of the runtime's small-object arenas.", worker => worker.LastCensus?.ArenaBytes);
        ProcessMetrics.Each(text, view, "leakyspanner_heap_arena_live_bytes", "Of those, in blocks that hold objects or buffers.", worker => worker.LastCensus?.LiveBytes);
        ProcessMetrics.Each(text, view, "leakyspanner_heap_readable", "1 where the worker's heap is read, 0 where it is not (level basic, no permission, unknown runtime).",
            worker => worker.Runtime is not null && worker.Unreadable is null ? 1 : 0);
    }

    private IEnumerable<TypeCount> Rows(WorkerView worker)
    {
        if (worker.LastCensus is not { } census)
            return [];
        return census.Types
            .Select((type, i) => type with { Name = i < TopTypes ? _types.Label(type.Name) : LabelBudget.Other })
            .GroupBy(type => type.Name, StringComparer.Ordinal)
            .Select(group => new TypeCount(group.Key, group.Sum(type => type.Count), group.Sum(type => type.Bytes)));
    }
}
