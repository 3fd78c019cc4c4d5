using LeakySpanner.Model.Usage;
using LeakySpanner.Reports;
using LeakySpanner.Sidecar.View;

namespace LeakySpanner.Web.Json;

/// <param name="RssBytesSum">Of all workers. Pages that forked workers share count once for each.</param>
/// <param name="TopEndpoints">Those that leave most behind, then those asked most.</param>
internal sealed record SnapshotJson(
    string Schema,
    string Service,
    DateTimeOffset Time,
    double UptimeSeconds,
    string Level,
    long RssBytesSum,
    IReadOnlyList<WorkerJson> Workers,
    IReadOnlyList<EndpointUseJson> TopEndpoints,
    bool IsDiagnosing,
    string? LogFile,
    IReadOnlyList<string> Notes)
{
    private const int Top = 10;

    public static SnapshotJson Of(ServiceView view) => new(
        "leakyspanner.snapshot/1",
        view.Service,
        view.Now,
        Figure.Seconds(view.Now - view.Started),
        view.Level.ToString().ToLowerInvariant(),
        view.Workers.Sum(worker => worker.Memory.Rss.Bytes),
        [.. view.Workers.Select(WorkerJson.Of)],
        [.. view.Endpoints
            .Where(endpoint => endpoint.Kind != RequestKind.Collection)
            .OrderByDescending(endpoint => endpoint.Cost is { IsLeaking: true } cost ? cost.BytesPerRequest * cost.Requests : 0)
            .ThenByDescending(endpoint => endpoint.Requests)
            .ThenBy(endpoint => endpoint.Name, StringComparer.Ordinal)
            .Take(Top)
            .Select(EndpointUseJson.Of)],
        view.IsDiagnosing,
        view.LogFile,
        view.Notes);
}

internal sealed record WorkerJson(
    int Slot,
    int Pid,
    string? Runtime,
    MemoryJson Memory,
    CollectorJson? Gc,
    int Threads,
    int NumFds,
    int? Tasks,
    long RequestsInProgress,
    VerdictJson Verdict)
{
    public static WorkerJson Of(WorkerView worker) => new(
        worker.Slot,
        worker.Pid,
        worker.Runtime,
        MemoryJson.Of(worker),
        worker.Collector is { } state ? new CollectorJson(state.Enabled, state.Collections, state.Thresholds, state.Counts) : null,
        worker.Resources.Threads,
        worker.Resources.Descriptors,
        worker.Tasks,
        worker.InProgress,
        VerdictJson.Of(worker.Verdict));
}

/// <param name="DeltaBytes">RSS over the baseline.</param>
/// <param name="LimitBytes">Of the control group, which all workers share, or of the machine.</param>
internal sealed record MemoryJson(
    long RssBytes,
    long AnonymousBytes,
    long SwappedBytes,
    long VirtualBytes,
    long BaselineBytes,
    long PeakBytes,
    long DeltaBytes,
    long? LimitBytes,
    string? LimitSource)
{
    public static MemoryJson Of(WorkerView worker) => new(
        worker.Memory.Rss.Bytes,
        worker.Memory.Anonymous.Bytes,
        worker.Memory.Swapped.Bytes,
        worker.Memory.Virtual.Bytes,
        worker.Baseline.Bytes,
        worker.Peak.Bytes,
        worker.Memory.Rss.Bytes - worker.Baseline.Bytes,
        worker.Limit?.Bytes,
        worker.LimitSource);
}

/// <param name="RssDelta">Differences of RSS before and after.</param>
/// <param name="Cost">By regression, or null while nothing can be said.</param>
internal sealed record EndpointUseJson(
    string Endpoint,
    string Kind,
    long Requests,
    long ClientErrors,
    long ServerErrors,
    LatencyJson Latency,
    long ResponseBytes,
    DeltaJson RssDelta,
    CostJson? Cost)
{
    public static EndpointUseJson Of(EndpointView endpoint) => new(
        endpoint.Name,
        endpoint.Kind.ToString().ToLowerInvariant(),
        endpoint.Requests,
        endpoint.ClientErrors,
        endpoint.ServerErrors,
        LatencyJson.Of(endpoint.Latency),
        endpoint.ResponseBytes,
        new DeltaJson(
            endpoint.Delta.Measured, endpoint.Delta.Overlapped, endpoint.Delta.SumBytes,
            Figure.Rounded(endpoint.Delta.AverageBytes, 1), endpoint.Delta.MaxBytes),
        endpoint.Cost is { } cost ? CostJson.Of(cost) : null);
}

/// <param name="Measured">Requests with a difference.</param>
/// <param name="Overlapped">Of those, with others in progress, whose allocations are in it too.</param>
internal sealed record DeltaJson(long Measured, long Overlapped, long SumBytes, double? AverageBytes, long MaxBytes);

/// <summary>Quantiles are interpolated within buckets; null where they lie beyond the last one.</summary>
internal sealed record LatencyJson(long Count, double SumSeconds, double? AverageSeconds, double? P50Seconds, double? P95Seconds, double? P99Seconds)
{
    public static LatencyJson Of(LatencyHistogram histogram) => new(
        histogram.Count,
        Math.Round(histogram.SumSeconds, 6),
        histogram.Count == 0 ? null : Figure.Rounded(histogram.SumSeconds / histogram.Count, 6),
        Figure.Quantile(histogram, 0.5),
        Figure.Quantile(histogram, 0.95),
        Figure.Quantile(histogram, 0.99));
}
