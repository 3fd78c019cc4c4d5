using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using LeakySpanner.Testing.Live;
using static LeakySpanner.Benchmarks.Measurement;

namespace LeakySpanner.Benchmarks;

/// <summary>
/// What a service under full-speed load loses while it is diagnosed: requests per second and p99 beside the same service
/// undisturbed, in pairs whose order alternates, so that a slow minute of the machine falls on both sides.
/// </summary>
internal static partial class DisturbBenchmark
{
    private const int Seconds = 15;
    private static readonly TimeSpan WatchTime = TimeSpan.FromSeconds(10);

    /// <summary>Entries that the service holds before it is measured, so that there is a heap to read.</summary>
    private const int Preload = 20_000;

    public static int Run(string[] arguments)
    {
        var pairs = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 5;
        return RunAsync(pairs).GetAwaiter().GetResult();
    }

    private static async Task<int> RunAsync(int pairs)
    {
        await using var service = await PythonService.StartAsync(Sample.Named("shop-api"), "--no-access-log");
        await FillAsync(service);
        await LoadAsync(service);
        Console.WriteLine($"disturb: shop-api with {Preload:N0} cached answers, wrk -t1 -c8 for {Seconds} s, {pairs} pairs, diagnose --duration {WatchTime.TotalSeconds:0}s");

        var rates = new List<double>();
        var tails = new List<double>();
        for (var pair = 0; pair < pairs; pair++)
        {
            var alone = pair % 2 == 0 ? await LoadAsync(service) : default;
            var watched = await DiagnosedAsync(service);
            if (pair % 2 != 0)
                alone = await LoadAsync(service);
            rates.Add(watched.Rate / alone.Rate);
            tails.Add(watched.Tail / alone.Tail);
            Console.WriteLine($"  pair {pair + 1}: {F(alone.Rate, "0.0")} rps, p99 {F(alone.Tail)} ms alone; {F(watched.Rate, "0.0")} rps, p99 {F(watched.Tail)} ms diagnosed; ratios {F(rates[^1], "0.000")} and {F(tails[^1], "0.000")}");
        }

        Console.WriteLine($"  median: requests per second {F(Median(rates), "0.000")} times (asked: 0.97), p99 {F(Median(tails), "0.000")} times (asked: 1.1)");
        return 0;
    }

    private static async Task FillAsync(PythonService service)
    {
        await using var load = ChildProcess.Start(PythonService.Interpreter,
            [Path.Combine(Sample.Folder, "load.py"), service.Url.ToString(), "GET /query/item-{n}", "--count", $"{Preload}", "--duration", "300"]);
        await load.WaitForExitAsync(TimeSpan.FromSeconds(320));
    }

    private static async Task<(double Rate, double Tail)> DiagnosedAsync(PythonService service)
    {
        await using var tool = ChildProcess.Start(Path.Combine(Checkout.Root, "artifacts", "publish", "leakyspanner"),
            ["diagnose", "--pid", $"{service.Pid}", "--duration", $"{WatchTime.TotalSeconds:0}s", "--json"]);
        var started = Stopwatch.StartNew();
        var result = await LoadAsync(service);
        var lasted = started.Elapsed;
        var early = tool.HasExited;
        var code = await tool.WaitForExitAsync(TimeSpan.FromSeconds(120));
        if (code is not (0 or 1))
            throw new InvalidOperationException($"the diagnosis ended with {code}: {tool.StandardError}");
        if (!early)
            Console.WriteLine($"  (the diagnosis took longer than the {F(lasted.TotalSeconds, "0")} s of load)");
        return result;
    }

    private static async Task<(double Rate, double Tail)> LoadAsync(PythonService service)
    {
        await using var wrk = ChildProcess.Start("wrk", ["-t1", "-c8", $"-d{Seconds}s", "--latency", new Uri(service.Url, "/query/item-7").ToString()]);
        await wrk.WaitForExitAsync(TimeSpan.FromSeconds(Seconds + 30));
        var text = wrk.StandardOutput;
        var tail = Tail().Match(text);
        return (double.Parse(Rate().Match(text).Groups[1].Value, CultureInfo.InvariantCulture),
            double.Parse(tail.Groups[1].Value, CultureInfo.InvariantCulture) * tail.Groups[2].Value switch { "us" => 0.001, "ms" => 1, _ => 1000 });
    }

    [GeneratedRegex(@"Requests/sec:\s+([0-9.]+)")]
    private static partial Regex Rate();

    [GeneratedRegex(@"99%\s+([0-9.]+)(us|ms|s)")]
    private static partial Regex Tail();
}
