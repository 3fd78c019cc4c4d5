using LeakySpanner.Model.Usage;
using LeakySpanner.Reports;
using LeakySpanner.Sidecar;
using LeakySpanner.Sidecar.View;

namespace LeakySpanner.Web.Json;

internal sealed record GcJson(string Schema, string Service, DateTimeOffset Time, IReadOnlyList<WorkerCollectorJson> Workers)
{
    public static GcJson Of(ServiceView view) => new(
        "leakyspanner.gc/1", view.Service, view.Now, [.. view.Workers.Select(WorkerCollectorJson.Of)]);
}

/// <param name="Gc">The collector as the heap shows it, or null where the heap is not read.</param>
/// <param name="Pauses">Collections that the shim timed, youngest generation first.</param>
internal sealed record WorkerCollectorJson(int Slot, int Pid, CollectorJson? Gc, IReadOnlyList<PauseJson> Pauses)
{
    public static WorkerCollectorJson Of(WorkerView worker) => new(
        worker.Slot,
        worker.Pid,
        worker.Collector is { } state ? new CollectorJson(state.Enabled, state.Collections, state.Thresholds, state.Counts) : null,
        [.. worker.Pauses.OrderBy(pause => pause.Generation).Select(PauseJson.Of)]);
}

/// <param name="Buckets">Not cumulative.</param>
internal sealed record PauseJson(
    int Generation, long Count, double SumSeconds, double? AverageSeconds, double LongestSeconds, long CollectedObjects, IReadOnlyList<BucketJson> Buckets)
{
    public static PauseJson Of(PauseView pause) => new(
        pause.Generation,
        pause.Timed.Count,
        Math.Round(pause.Timed.SumSeconds, 6),
        pause.Timed.Count == 0 ? null : Figure.Rounded(pause.Timed.SumSeconds / pause.Timed.Count, 6),
        Math.Round(pause.LongestSeconds, 6),
        pause.Collected,
        [.. pause.Timed.Counts.Select((count, i) => new BucketJson(
            i < LatencyHistogram.Bounds.Length ? LatencyHistogram.Bounds[i] : null, count))]);
}

/// <param name="UpToSeconds">Inclusive; null for what took longer than all bounds.</param>
internal sealed record BucketJson(double? UpToSeconds, long Count);

/// <param name="FreedBytes">Resident memory before minus after; the application went on meanwhile, so that it may be negative.</param>
/// <param name="CollectSeconds">How long the application stood still.</param>
/// <param name="Trimmed">Whether the C allocator could be asked to give memory back.</param>
internal sealed record CollectedJson(
    string Schema,
    int Pid,
    long Collected,
    long Uncollectable,
    double CollectSeconds,
    bool Trimmed,
    double TrimSeconds,
    long RssBeforeBytes,
    long RssAfterBytes,
    long FreedBytes)
{
    public static CollectedJson Of(CollectionResult result) => new(
        "leakyspanner.collected/1",
        result.Report.Pid,
        result.Report.Collected,
        result.Report.Uncollectable,
        Math.Round(result.Report.CollectSeconds, 6),
        result.Report.Trimmed,
        Math.Round(result.Report.TrimSeconds, 6),
        result.RssBefore,
        result.RssAfter,
        result.RssBefore - result.RssAfter);
}
