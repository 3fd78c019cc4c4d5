using LeakySpanner.Analysis.Growth;
using LeakySpanner.Model.Findings;
using LeakySpanner.Reports;
using LeakySpanner.Sidecar.View;

namespace LeakySpanner.Web.Json;

/// <param name="Endpoints">Bytes that a request leaves behind, over all workers.</param>
/// <param name="BackgroundBytesPerMinute">Growth that goes with time and not with requests, or null.</param>
/// <param name="Intervals">Stretches of time that were compared.</param>
internal sealed record GrowthJson(
    string Schema,
    string Service,
    DateTimeOffset Time,
    IReadOnlyList<WorkerGrowthJson> Workers,
    IReadOnlyList<CostJson> Endpoints,
    double? BackgroundBytesPerMinute,
    int Intervals,
    IReadOnlyList<string> Notes)
{
    public static GrowthJson Of(ServiceView view) => new(
        "leakyspanner.growth/1",
        view.Service,
        view.Now,
        [.. view.Workers.Select(WorkerGrowthJson.Of)],
        [.. view.Costs is { } costs ? costs.Routes.Select(CostJson.Of) : []],
        Figure.Rounded(view.Costs?.BackgroundBytesPerMinute, 1),
        view.Costs?.Intervals ?? 0,
        view.Costs is { } known ? known.Notes : ["bytes per request: nothing can be said yet"]);
}

/// <param name="Seconds">Between the two censuses that are compared, or null where there are none.</param>
/// <param name="Types">Of which there are more than at first, by bytes; at most 30.</param>
/// <param name="Containers">That are longer than at first, by entries; at most 30.</param>
/// <param name="Note">Why there are no types, or null.</param>
internal sealed record WorkerGrowthJson(
    int Slot,
    int Pid,
    long RssChangeBytes,
    double? GrowthBytesPerMinute,
    double? GrowthLowBytesPerMinute,
    double? GrowthHighBytesPerMinute,
    double? Seconds,
    IReadOnlyList<TypeGrowthJson> Types,
    IReadOnlyList<ContainerGrowthJson> Containers,
    string? Note)
{
    private const int Rows = 30;

    public static WorkerGrowthJson Of(WorkerView worker)
    {
        var verdict = VerdictJson.Of(worker.Verdict);
        var (types, containers, seconds) = Compare(worker);
        return new WorkerGrowthJson(
            worker.Slot,
            worker.Pid,
            worker.Memory.Rss.Bytes - worker.Baseline.Bytes,
            verdict.GrowthBytesPerMinute,
            verdict.GrowthLowBytesPerMinute,
            verdict.GrowthHighBytesPerMinute,
            seconds,
            types,
            containers,
            seconds is not null ? null : worker.Unreadable ?? (worker.Runtime is null ? "the heap is not read (level basic)" : "there are not two censuses yet"));
    }

    private static (IReadOnlyList<TypeGrowthJson> Types, IReadOnlyList<ContainerGrowthJson> Containers, double? Seconds) Compare(WorkerView worker)
    {
        if (worker.FirstCensus is not { } first || worker.LastCensus is not { } last || last.At <= first.At)
            return ([], [], null);
        var (types, containers) = new CensusGrowth(first).Add(last);
        return (
            [.. types.Take(Rows).Select(type => new TypeGrowthJson(type.Name, type.Count, type.CountChange, type.BytesChange))],
            [.. containers.Take(Rows).Select(container => new ContainerGrowthJson(
                container.Address.ToString(), container.Type, container.Length, container.Change))],
            Figure.Seconds(last.At - first.At));
    }
}

/// <param name="LowBytesPerRequest">Lower end of the 95 % interval; below 0 where the interval contains 0.</param>
/// <param name="IsLeaking">Whether the interval lies above 0.</param>
internal sealed record CostJson(
    string Endpoint,
    long Requests,
    double? BytesPerRequest,
    double? LowBytesPerRequest,
    double? HighBytesPerRequest,
    bool IsLeaking,
    double? ShareOfGrowth)
{
    public static CostJson Of(RouteCost cost) => new(
        cost.Route,
        cost.Requests,
        Figure.Rounded(cost.BytesPerRequest, 1),
        Figure.Rounded(cost.Low, 1),
        Figure.Rounded(cost.High, 1),
        cost.IsLeaking,
        Figure.Rounded(cost.ShareOfGrowth, 4));
}
