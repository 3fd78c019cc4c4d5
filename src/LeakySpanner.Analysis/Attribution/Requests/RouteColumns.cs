using System.Globalization;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.Analysis.Attribution.Requests;

/// <summary>What growth is regressed on: the routes' counts, time, and what requests in flight hold for a moment.</summary>
/// <param name="Names">Of the routes; the last may stand for several.</param>
/// <param name="Counts">Finished requests of each, by point.</param>
/// <param name="All">The routes' counts, then time in seconds, then the rest.</param>
internal sealed record RouteColumns(IReadOnlyList<string> Names, IReadOnlyList<double[]> Counts, IReadOnlyList<double[]> All)
{
    /// <summary>Routes with a coefficient of their own; beyond it they are pooled.</summary>
    public const int MostRoutes = 24;

    /// <summary>What is called more rarely says nothing.</summary>
    public const int FewestRequests = 10;

    private const int BlocksPerRoute = 6;

    /// <summary>Routes whose requests in flight are told apart.</summary>
    private const int MostInFlight = 6;

    private const int BlocksPerFlight = 30;

    public int Time => Counts.Count;

    public static RouteColumns Of(RequestGrid grid, Traffic traffic)
    {
        var order = Enumerable.Range(0, grid.Finished.Length).Where(route => grid.Finished[route][^1] > 0)
            .OrderByDescending(route => grid.Finished[route][^1]).ThenBy(route => route).ToList();
        var own = order.TakeWhile(route => grid.Finished[route][^1] >= FewestRequests).Take(Math.Clamp(grid.Count / BlocksPerRoute, 1, MostRoutes)).ToList();
        var names = own.ConvertAll(route => traffic.Routes[route]);
        var counts = own.ConvertAll(route => grid.Finished[route]);
        var pooled = order.Skip(own.Count).ToList();
        if (pooled.Count > 0)
        {
            names.Add(pooled.Count == 1 ? traffic.Routes[pooled[0]] : string.Create(CultureInfo.InvariantCulture, $"({pooled.Count} rarer routes)"));
            counts.Add(Sum(pooled.ConvertAll(route => grid.Finished[route]), grid.Count));
        }

        List<double[]> all = [.. counts, grid.Seconds];
        var flights = Math.Clamp(grid.Count / BlocksPerFlight, 1, MostInFlight);
        foreach (var count in counts.Take(flights))
            AddFlight(all, count);
        if (counts.Count > flights)
            AddFlight(all, Sum(counts.Skip(flights), grid.Count));
        return new(names, counts, all);
    }

    /// <summary>
    /// Requests that finish in the next block may hold memory in this one, and those of the block before may just have given it back
    /// (leads and lags: J. H. Stock, M. W. Watson, "A Simple Estimator of Cointegrating Vectors in Higher Order Integrated Systems",
    /// Econometrica 61, 1993).
    /// </summary>
    private static void AddFlight(List<double[]> columns, double[] count)
    {
        var (next, last) = (new double[count.Length], new double[count.Length]);
        for (var t = 0; t < count.Length; t++)
        {
            // At either end the nearest rate that is known.
            var (after, before) = (Math.Min(t + 1, count.Length - 1), Math.Max(t, 1));
            next[t] = count[after] - count[after - 1];
            last[t] = count[before] - count[before - 1];
        }

        columns.Add(next);
        columns.Add(last);
    }

    private static double[] Sum(IEnumerable<double[]> series, int length)
    {
        var sum = new double[length];
        foreach (var values in series)
        {
            for (var t = 0; t < length; t++)
                sum[t] += values[t];
        }

        return sum;
    }
}
