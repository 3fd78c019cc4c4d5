using LeakySpanner.Model.Findings;

namespace LeakySpanner.Sidecar.Costs;

/// <summary>
/// One answer from those of several workers. A route's bytes per request are the mean over workers, weighted by their requests; errors
/// of different workers are independent, so that each end of the interval adds up in squares. Growth over time adds up.
/// </summary>
internal static class CostMerge
{
    public static RouteCosts? Of(IReadOnlyCollection<RouteCosts> workers)
    {
        if (workers.Count <= 1)
            return workers.FirstOrDefault();
        var answers = workers.Where(worker => worker.Intervals > 0).ToList();
        if (answers.Count <= 1)
            return answers.FirstOrDefault() ?? workers.First();
        var routes = answers.SelectMany(worker => worker.Routes).GroupBy(cost => cost.Route, StringComparer.Ordinal)
            .Select(costs => (Cost: Merge(costs), IsKnown: costs.All(cost => cost.ShareOfGrowth is not null || cost.BytesPerRequest == 0))).ToList();
        var explained = routes.Sum(route => Bytes(route.Cost));
        return new RouteCosts(
            [
                .. routes.Select(route => route.Cost with { ShareOfGrowth = explained > 0 && route.IsKnown ? Bytes(route.Cost) / explained : null })
                    .OrderByDescending(Bytes),
            ],
            answers.Any(worker => worker.BackgroundBytesPerMinute is not null) ? answers.Sum(worker => worker.BackgroundBytesPerMinute ?? 0) : null,
            answers.Sum(worker => worker.Intervals),
            [.. answers.SelectMany(worker => worker.Notes).Distinct(StringComparer.Ordinal)]);
    }

    private static double Bytes(RouteCost cost) => cost.BytesPerRequest * cost.Requests;

    private static RouteCost Merge(IGrouping<string, RouteCost> costs)
    {
        var requests = costs.Sum(cost => cost.Requests);
        if (requests == 0)
            return costs.First();
        var mean = costs.Sum(Bytes) / requests;
        return new RouteCost(
            costs.Key,
            requests,
            mean,
            mean - (Spread(costs.Select(cost => (cost.BytesPerRequest - cost.Low) * cost.Requests)) / requests),
            mean + (Spread(costs.Select(cost => (cost.High - cost.BytesPerRequest) * cost.Requests)) / requests),
            null);
    }

    private static double Spread(IEnumerable<double> errors) => Math.Sqrt(errors.Sum(error => error * error));
}
