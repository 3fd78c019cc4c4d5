using System.Globalization;
using LeakySpanner.Testing.Live;
using static LeakySpanner.Benchmarks.Measurement;

namespace LeakySpanner.Benchmarks;

/// <summary>
/// What leakyspanner(app) costs a FastAPI service under uvicorn at full load. Servers with and without it are alive at once and take turns of a
/// second, so that what the machine does in a slow minute falls on all of them; an idle one costs next to nothing. The median of the ratios within
/// a round is the figure. Servers are started anew several times, because where a process lies in memory alone is worth some percent.
/// </summary>
internal static class ShimBenchmark
{
    private const int BurstSeconds = 1;

    /// <summary>What `pip install uvicorn` runs on, and what `pip install uvicorn[standard]` does.</summary>
    private static readonly string[] Plain = ["--http", "h11", "--loop", "asyncio"];
    private static readonly string[] Fast = ["--http", "httptools", "--loop", "uvloop"];

    /// <summary>The first one does next to nothing, so that the shim's share of it is the largest there is; the second one is ordinary.</summary>
    private static readonly string[] Paths = ["/query/item-7", "/orders/ada"];

    /// <summary>Null: without the shim.</summary>
    private static readonly string?[] Levels = [null, "basic", "mid"];

    /// <param name="arguments">[STARTS [ROUNDS [fast]]]</param>
    public static int Run(string[] arguments)
    {
        var starts = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 5;
        var rounds = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 10;
        return RunAsync(starts, rounds, arguments.Contains("fast") ? Fast : Plain).GetAwaiter().GetResult();
    }

    private static async Task<int> RunAsync(int starts, int rounds, string[] options)
    {
        Console.WriteLine($"shim: FastAPI under uvicorn {string.Join(' ', options)}, {starts} starts of {rounds} rounds, wrk -t1 -c8 for {BurstSeconds} s per server and round");
        var found = new List<Comparison>();
        var memory = new List<(string Level, double Megabytes)>();
        for (var start = 0; start < starts; start++)
        {
            await using var servers = await Servers.StartAsync(options);
            var latest = new List<Comparison>();
            foreach (var path in Paths)
            {
                await servers.WarmUpAsync(path);
                for (var round = 0; round < rounds; round++)
                    latest.AddRange(await servers.CompareAsync(path, round));
            }

            memory.AddRange(servers.MemoryAdded());
            Print($"  start {start + 1}", latest);
            found.AddRange(latest);
        }

        Print("all", found);
        foreach (var level in memory.GroupBy(each => each.Level))
            Console.WriteLine($"all {level.Key}: resident memory of the app {F(Median(level.Select(each => each.Megabytes)))} MB more (asked: 2)");
        return 0;
    }

    private static void Print(string title, List<Comparison> comparisons)
    {
        foreach (var group in comparisons.GroupBy(each => (each.Path, each.Level)))
        {
            var rates = group.Select(each => each.Rate).Order().ToList();
            Console.WriteLine($"{title} {group.Key.Path} {group.Key.Level}: requests per second {F(Median(rates), "0.000")} times (asked: 0.97; middle half {F(rates[rates.Count / 4], "0.000")} to {F(rates[rates.Count * 3 / 4], "0.000")}), "
                + $"p50 {F(Median(group.Select(each => each.Median)), "0.000")} (asked: 1.03), p99 {F(Median(group.Select(each => each.Tail)), "0.000")} (asked: 1.05), "
                + $"CPU {F(Median(group.Select(each => each.Cpu)), "0.0")} us per request more (asked: 15) than {F(Median(group.Select(each => each.PlainCpu)), "0")} us, "
                + $"{group.Count()} rounds");
        }
    }

    /// <summary>One round: a watched server against the one that is not.</summary>
    /// <param name="Path">Of the endpoint.</param>
    /// <param name="Level">Of the watched one.</param>
    /// <param name="Rate">Ratio of requests per second.</param>
    /// <param name="Median">Ratio of the latencies.</param>
    /// <param name="Tail">Ratio of their 99th percentiles.</param>
    /// <param name="Cpu">Microseconds per request that the watched one takes more.</param>
    /// <param name="PlainCpu">Microseconds per request of the other.</param>
    private readonly record struct Comparison(string Path, string Level, double Rate, double Median, double Tail, double Cpu, double PlainCpu);

    /// <summary>One server per level, all alive.</summary>
    private sealed class Servers(List<(string? Level, WatchedService Watched)> all) : IAsyncDisposable
    {
        public static async Task<Servers> StartAsync(string[] options)
        {
            var all = new List<(string? Level, WatchedService Watched)>();
            try
            {
                foreach (var level in Levels)
                {
                    var watched = await Measured.StartAsync(options, ("SHIM", level is null ? null : "1"), ("LEAKYSPANNER_LEVEL", level));
                    all.Add((level, watched));
                    if (level is not null)
                        await watched.SidecarAsync();
                }

                return new Servers(all);
            }
            catch
            {
                foreach (var (_, watched) in all)
                    await watched.DisposeAsync();
                throw;
            }
        }

        public async Task WarmUpAsync(string path)
        {
            foreach (var (_, watched) in all)
                await Wrk.RunAsync(Url(watched, path), 2);
        }

        /// <summary>A burst at each, beginning with another one in every round.</summary>
        public async Task<IEnumerable<Comparison>> CompareAsync(string path, int round)
        {
            var bursts = new (Wrk Load, double Cpu)[all.Count];
            for (var i = 0; i < all.Count; i++)
            {
                var turn = (i + round) % all.Count;
                var (_, watched) = all[turn];
                var before = Processes.CpuOfThreads(watched.Service.Process.Pid);
                var load = await Wrk.RunAsync(Url(watched, path), BurstSeconds);
                bursts[turn] = (load, (Processes.CpuOfThreads(watched.Service.Process.Pid) - before).TotalMicroseconds / load.Requests);
            }

            var plain = bursts[0];
            return bursts.Zip(all).Skip(1).Select(each => new Comparison(
                path, each.Second.Level!, each.First.Load.Rate / plain.Load.Rate, each.First.Load.Median / plain.Load.Median,
                each.First.Load.Tail / plain.Load.Tail, each.First.Cpu - plain.Cpu, plain.Cpu));
        }

        /// <summary>MB resident after the load, the ring of requests included.</summary>
        public IEnumerable<(string Level, double Megabytes)> MemoryAdded()
        {
            double Resident(WatchedService watched) => Processes.Status(watched.Service.Process.Pid, "VmRSS") / 1048576.0;
            var plain = Resident(all[0].Watched);
            return [.. all.Skip(1).Select(each => (each.Level!, Resident(each.Watched) - plain))];
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var (_, watched) in all)
                await watched.DisposeAsync();
        }

        private static Uri Url(WatchedService watched, string path) => new($"http://127.0.0.1:{watched.Service.Port}{path}");
    }
}

/// <summary>benchmarks/targets/measured_app.py with the published sidecar.</summary>
internal static class Measured
{
    public static string Executable { get; } = Path.Combine(Checkout.Root, "artifacts", "publish", "leakyspanner");

    public static Task<WatchedService> StartAsync(string[] options, params (string Name, string? Value)[] environment) => WatchedService.StartAsync(
        WebServer.Uvicorn(options), "measured_app:app", Path.Combine(Checkout.Root, "benchmarks", "targets"), Executable, environment);
}
