using System.Diagnostics;
using System.Globalization;
using LeakySpanner.Analysis.Attribution;
using LeakySpanner.Model.Findings;
using LeakySpanner.Testing.Simulation;

namespace LeakySpanner.Benchmarks.Costs;

/// <summary>
/// How often intervals of bytes per request hold the truth, how often an innocent route is accused, and how often a guilty one
/// is found, over simulated services under traffic.
/// </summary>
internal static class CostBenchmark
{
    private const int ServicesPerSeed = 1000;
    private const int ServicesPerRate = 200;

    /// <summary>Nothing was tuned on these.</summary>
    private static readonly int[] HeldOut = [7001, 7002, 7003];

    public static int Run(string[] args)
    {
        int[] seeds = args.Length == 0 ? HeldOut : [.. args.Select(arg => int.Parse(arg, CultureInfo.InvariantCulture))];
        var all = new List<Route>();
        foreach (var seed in seeds)
            all.AddRange(Enumerable.Range(0, ServicesPerSeed).AsParallel().SelectMany(index => Fit(RequestSource.Draw(seed, index), (seed * 10_000) + index)));
        Print("| routes of simulated services | routes | truth in the interval | innocent accused | services with one accused | guilty found |\n| --- | --- | --- | --- | --- | --- |");
        PrintRow("all", all);
        foreach (var group in all.GroupBy(route => Band(route.Growth)).OrderBy(group => group.Min(route => route.Growth)))
            PrintRow(group.Key, [.. group]);

        Print("\n| two routes, one leaves 4 KB per request, 60 s | services | found | innocent accused | 4 KB in the interval | median half width |\n| --- | --- | --- | --- | --- | --- |");
        foreach (var rate in new double[] { 20, 50, 100, 200, 500, 1500 })
        {
            var routes = Enumerable.Range(0, ServicesPerRate).AsParallel()
                .SelectMany(index => Fit(RequestSource.FourKilobytes(rate, (seeds[0] * 10_000) + index), index)).ToList();
            var guilty = routes.Where(route => route.Leaves > 0).ToList();
            var widths = guilty.Select(route => (route.Cost.High - route.Cost.Low) / 2).Order().ToList();
            Print($"| {rate:0} requests/s each | {ServicesPerRate} | {Share(guilty, route => route.Cost.IsLeaking)} | {Share(routes.Where(route => route.Leaves == 0), route => route.Cost.IsLeaking)} | {Share(guilty, Holds)} | {widths[widths.Count / 2]:0} B |");
        }

        Print($"\nA regression took {all.Average(route => route.Milliseconds):0.0} ms on average.");
        return 0;
    }

    private static void PrintRow(string name, List<Route> routes)
    {
        var innocent = routes.Where(route => route.Leaves == 0).ToList();
        var services = routes.GroupBy(route => route.Service).ToList();
        Print($"| {name} | {routes.Count} | {Share(routes, Holds)} | {Share(innocent, route => route.Cost.IsLeaking)} | {Share(services, service => service.Any(route => route.Leaves == 0 && route.Cost.IsLeaking))} | {Share(routes.Where(route => route.Leaves > 0), route => route.Cost.IsLeaking)} |");
    }

    private static IEnumerable<Route> Fit(SimulatedRequests service, int number)
    {
        var start = Stopwatch.GetTimestamp();
        var costs = RequestRegression.Fit(service.Memory.AsSpan(), service.Traffic);
        var milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        return costs.Routes.Where(cost => service.Traffic.Routes.Contains(cost.Route))
            .Select(cost => new Route(number, service.Leaves[service.Traffic.Routes.IndexOf(cost.Route)], cost, milliseconds));
    }

    private static bool Holds(Route route) => route.Leaves >= route.Cost.Low && route.Leaves <= route.Cost.High;

    private static string Band(double megabytes) => megabytes switch
    {
        0 => "innocent",
        < 1 => "leaves under 1 MB in all",
        < 10 => "1 to 10 MB",
        < 100 => "10 to 100 MB",
        _ => "over 100 MB",
    };

    private static string Share<T>(IEnumerable<T> items, Func<T, bool> predicate)
    {
        var list = items.ToList();
        return list.Count == 0 ? "-" : string.Create(CultureInfo.InvariantCulture, $"{100.0 * list.Count(predicate) / list.Count:0.0} %");
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private static void Print(string line) => Console.WriteLine(line);

    private sealed record Route(int Service, double Leaves, RouteCost Cost, double Milliseconds)
    {
        /// <summary>Megabytes that its requests really left.</summary>
        public double Growth => Leaves * Cost.Requests / (1 << 20);
    }
}
