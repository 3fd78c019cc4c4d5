using System.Globalization;
using LeakySpanner.Model;
using LeakySpanner.Model.Findings;

namespace LeakySpanner.Analysis.Attribution.Requests;

/// <summary>Coefficients and their intervals, as costs of routes.</summary>
internal static class RouteCostEstimate
{
    /// <summary>Estimates that move against one another like this cannot be told apart.</summary>
    private const double Together = -0.8;

    /// <summary>
    /// Share of all growth that an allocator may put elsewhere than where it was caused (rounding, tables that grow along, holes): no
    /// statistics can see it, so that no interval is narrower.
    /// </summary>
    private const double Imprecision = 0.01;

    public static RouteCosts Of(RequestGrid grid, RouteColumns columns, NormalEquations equations, long lost)
    {
        var routes = columns.Counts.Count;
        var plain = equations.Solve();
        var residuals = equations.ResidualsLeftOut(plain);
        var widths = new double[routes];
        for (var i = 0; i < routes; i++)
            widths[i] = WidthOf(equations, residuals, Contrast(plain.Length, (i, 1.0)));

        // A route that surely frees memory is no error of measurement: the others are estimated beside it as it is.
        var bounded = Enumerable.Range(0, plain.Length).Select(i => i < routes && plain[i] + widths[i] >= 0).ToArray();
        var estimates = equations.SolveBounded(bounded);
        var requests = columns.Counts.Select(count => count[^1]).ToArray();
        var total = requests.Select((count, i) => count * Math.Max(0, estimates[i])).Sum();
        var known = requests.Sum() / (requests.Sum() + Math.Max(0, lost));
        var most = bounded.Take(routes).All(isBounded => isBounded) ? MostGrowth(grid, columns, equations, plain, residuals, requests) : double.PositiveInfinity;
        var costs = new RouteCost[routes];
        for (var i = 0; i < routes; i++)
        {
            var cost = Math.Max(0, estimates[i]);
            var width = Math.Sqrt((widths[i] * widths[i]) + Math.Pow(Imprecision * total / requests[i], 2));
            var (low, high) = (Math.Min(plain[i], cost) - width, Math.Max(plain[i], cost) + width);
            var bound = Math.Max(cost, most / requests[i]);
            costs[i] = new RouteCost(
                columns.Names[i],
                (long)Math.Round(requests[i]),
                cost,
                low > 0 ? low * known : Math.Max(low, -bound),
                Math.Min(high, bound),
                total > 0 ? requests[i] * cost / total : null);
        }

        var groups = Groups(costs, plain, equations, residuals);
        foreach (var group in groups)
        {
            // Which of them it was is not known: what the equations happen to prefer would be an accusation.
            foreach (var i in group.Routes)
                costs[i] = costs[i] with { BytesPerRequest = Math.Clamp(group.Cost, costs[i].Low, costs[i].High), ShareOfGrowth = null };
        }

        var notes = groups.Select(group => NoteOf(group, costs));
        return new(
            [.. costs.OrderByDescending(cost => cost.BytesPerRequest * cost.Requests).ThenByDescending(cost => cost.Requests).ThenBy(cost => cost.Route, StringComparer.Ordinal)],
            estimates[columns.Time] * 60,
            grid.Count - 1,
            known < 0.99 ? [.. notes, LostNote(known)] : [.. notes]);
    }

    /// <summary>No route can leave more than all requests and time together do, unless something frees memory meanwhile.</summary>
    private static double MostGrowth(
        RequestGrid grid, RouteColumns columns, NormalEquations equations, double[] plain, double[] residuals, double[] requests)
    {
        var time = Contrast(plain.Length, (columns.Time, 1.0));
        if (plain[columns.Time] + WidthOf(equations, residuals, time) < 0)
            return double.PositiveInfinity;
        var all = Contrast(plain.Length, [.. requests.Select((count, i) => (i, count)), (columns.Time, grid.Span)]);
        var growth = NormalEquations.Dot(all, plain);
        var width = WidthOf(equations, residuals, all) + (Imprecision * Math.Abs(growth));

        // Where it does not surely grow at all, something may well free what requests leave.
        const double slack = 1.25;
        return growth > width ? slack * (growth + width) : double.PositiveInfinity;
    }

    /// <summary>Routes whose requests surely leave something, but come together, so that nobody can say which of them does.</summary>
    private static List<RouteGroup> Groups(RouteCost[] costs, double[] plain, NormalEquations equations, double[] residuals)
    {
        var groups = new List<RouteGroup>();
        var grouped = new bool[costs.Length];
        for (var i = 0; i < costs.Length; i++)
        {
            if (grouped[i] || costs[i].IsLeaking)
                continue;
            var routes = Enumerable.Range(i, costs.Length - i).Where(j => j == i || (!grouped[j] && !costs[j].IsLeaking && Correlation(equations.Inverse, i, j) < Together)).ToList();
            if (routes.Count < 2)
                continue;
            routes.ForEach(j => grouped[j] = true);
            var all = routes.Sum(j => (double)costs[j].Requests);
            var cost = routes.Sum(j => costs[j].Requests * plain[j]) / all;
            var width = WidthOf(equations, residuals, Contrast(plain.Length, [.. routes.Select(j => (j, costs[j].Requests / all))]));
            if (cost - width > 0)
                groups.Add(new(routes, cost, width));
        }

        return groups;
    }

    private static string NoteOf(RouteGroup group, RouteCost[] costs) => string.Create(
        CultureInfo.InvariantCulture,
        $"{string.Join(" and ", group.Routes.Select(i => costs[i].Route))} are called together, so that their costs cannot be told apart: a request of them leaves {Bytes(group.Cost)} on average ({Bytes(group.Cost - group.Width)} to {Bytes(group.Cost + group.Width)})");

    private static string LostNote(double known) => string.Create(
        CultureInfo.InvariantCulture, $"{(1 - known) * 100:0} % of the requests were not recorded: a request may leave less than is said here");

    private static ByteSize Bytes(double bytes) => new((long)bytes);

    private static double Correlation(double[][] inverse, int i, int j) => inverse[i][j] / Math.Sqrt(inverse[i][i] * inverse[j][j]);

    private static double WidthOf(NormalEquations equations, double[] residuals, double[] contrast) =>
        HonestInterval.HalfWidth(equations.Weights(contrast), residuals, equations.Variance(contrast));

    private static double[] Contrast(int length, params (int Index, double Weight)[] weights)
    {
        var contrast = new double[length];
        foreach (var (index, weight) in weights)
            contrast[index] = weight;
        return contrast;
    }

    /// <param name="Routes">By index.</param>
    /// <param name="Cost">What a request of any of them leaves on average, bytes.</param>
    /// <param name="Width">Half of its 95 % interval.</param>
    private sealed record RouteGroup(List<int> Routes, double Cost, double Width);
}
