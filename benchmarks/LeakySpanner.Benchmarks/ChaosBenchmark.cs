using System.Globalization;
using LeakySpanner.Testing.Live;
using static LeakySpanner.Benchmarks.Measurement;

namespace LeakySpanner.Benchmarks;

/// <summary>Requests that fail, or are answered with other bytes, while something happens to the sidecar: none is asked for.</summary>
internal static class ChaosBenchmark
{
    /// <param name="arguments">[REQUESTS [STOPPED_SECONDS]]</param>
    public static int Run(string[] arguments)
    {
        var requests = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 100_000;
        var stopped = TimeSpan.FromSeconds(arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 30);
        return RunAsync(requests, stopped).GetAwaiter().GetResult();
    }

    private static async Task<int> RunAsync(int requests, TimeSpan stopped)
    {
        var folder = Path.Combine(Checkout.Root, "tests", "LeakySpanner.LiveTests", "Targets");
        var failed = 0;
        foreach (var mishap in Enum.GetValues<Mishap>())
        {
            if (mishap is Mishap.LogDiskFull or Mishap.SharedMemoryFull && !FullDisk.IsToBeHad)
            {
                Console.WriteLine($"chaos: {mishap}: not measured, mounts are not permitted here");
                continue;
            }

            var report = await Chaos.RunAsync(mishap, folder, Measured.Executable, requests, stopped);
            failed += report.Load.Failed;
            Console.WriteLine($"chaos: {mishap}: {report.Load.Failed} of {report.Load.Requests:N0} requests failed or altered (asked: 0), "
                + $"{F(report.Lasted.TotalSeconds, "0")} s, {report.Warnings.Count} lines in the application's log");
            if (report.Load.FirstFailure is { } first)
                Console.WriteLine(first);
        }

        return failed == 0 ? 0 : 1;
    }
}
