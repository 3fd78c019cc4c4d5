using System.Globalization;
using LeakySpanner.Testing.Live;
using static LeakySpanner.Benchmarks.Measurement;

namespace LeakySpanner.Benchmarks;

/// <summary>
/// What leakyspanner(app) costs a FastAPI service under uvicorn at full load: the same application with and without it, started anew for
/// each pair, in alternating order, so that a slow minute of the machine falls on both sides.
/// </summary>
internal static class ShimBenchmark
{
    /// <summary>What `pip install uvicorn` runs on, and what `pip install uvicorn[standard]` does.</summary>
    private static readonly string[] Plain = ["--http", "h11", "--loop", "asyncio"];
    private static readonly string[] Fast = ["--http", "httptools", "--loop", "uvloop"];

    /// <param name="arguments">[PAIRS [SECONDS [fast]]]</param>
    public static int Run(string[] arguments)
    {
        var pairs = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 5;
        var seconds = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 10;
        var options = arguments.Contains("fast") ? Fast : Plain;
        return RunAsync(pairs, seconds, options).GetAwaiter().GetResult();
    }

    private static async Task<int> RunAsync(int pairs, int seconds, string[] options)
    {
        Console.WriteLine($"shim: FastAPI under uvicorn {string.Join(' ', options)}, wrk -t1 -c8 for {seconds} s, {pairs} pairs");
        foreach (var level in new[] { "basic", "mid" })
        {
            var found = new List<(double Rate, double Median, double Tail, double Cpu, double Memory)>();
            for (var pair = 0; pair < pairs; pair++)
            {
                Side without = default, with;
                if (pair % 2 == 0)
                    without = await MeasureAsync(null, seconds, options);
                with = await MeasureAsync(level, seconds, options);
                if (pair % 2 != 0)
                    without = await MeasureAsync(null, seconds, options);
                found.Add((with.Load.Rate / without.Load.Rate, with.Load.Median / without.Load.Median, with.Load.Tail / without.Load.Tail,
                    with.CpuPerRequest - without.CpuPerRequest, with.Memory - without.Memory));
                Console.WriteLine($"  {level} pair {pair + 1}: {F(without.Load.Rate, "0")} and {F(with.Load.Rate, "0")} rps; ratios {F(found[^1].Rate, "0.000")}, "
                    + $"p50 {F(found[^1].Median, "0.000")}, p99 {F(found[^1].Tail, "0.000")}; {F(found[^1].Cpu, "0.0")} us of CPU per request; {F(found[^1].Memory)} MB");
            }

            Console.WriteLine($"  {level}: requests per second {F(Median(found.Select(each => each.Rate)), "0.000")} times (asked: 0.97), "
                + $"p50 {F(Median(found.Select(each => each.Median)), "0.000")} (asked: 1.03), p99 {F(Median(found.Select(each => each.Tail)), "0.000")} (asked: 1.05), "
                + $"CPU {F(Median(found.Select(each => each.Cpu)), "0.0")} us per request (asked: 15), "
                + $"resident memory of the app {F(Median(found.Select(each => each.Memory)))} MB more (asked: 2)");
        }

        return 0;
    }

    /// <param name="Load">What wrk saw.</param>
    /// <param name="CpuPerRequest">Microseconds of the application's process.</param>
    /// <param name="Memory">MB resident after the load, the ring of requests included.</param>
    private readonly record struct Side(Wrk Load, double CpuPerRequest, double Memory);

    /// <param name="level">Null: without the shim.</param>
    private static async Task<Side> MeasureAsync(string? level, int seconds, string[] options)
    {
        await using var watched = await Measured.StartAsync(options, ("SHIM", level is null ? null : "1"), ("LEAKYSPANNER_LEVEL", level));
        if (level is not null)
            await watched.SidecarAsync();
        var url = new Uri($"http://127.0.0.1:{watched.Service.Port}/query/item-7");
        await Wrk.RunAsync(url, 2);
        var pid = watched.Service.Process.Pid;
        var cpu = Processes.Cpu(pid);
        var load = await Wrk.RunAsync(url, seconds);
        return new Side(load, (Processes.Cpu(pid) - cpu).TotalMicroseconds / load.Requests, Processes.Status(pid, "VmRSS") / 1048576.0);
    }
}

/// <summary>benchmarks/targets/measured_app.py with the published sidecar.</summary>
internal static class Measured
{
    public static string Executable { get; } = Path.Combine(Checkout.Root, "artifacts", "publish", "leakyspanner");

    public static Task<WatchedService> StartAsync(string[] options, params (string Name, string? Value)[] environment) => WatchedService.StartAsync(
        WebServer.Uvicorn(options), "measured_app:app", Path.Combine(Checkout.Root, "benchmarks", "targets"), Executable, environment);
}
