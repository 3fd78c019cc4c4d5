using System.Diagnostics;
using LeakySpanner.Testing.Live;
using static LeakySpanner.Benchmarks.Measurement;

namespace LeakySpanner.Benchmarks.Scans;

/// <summary>scan-code over a folder, CPython's standard library by default: lines per second and the most memory, as a process of its own.</summary>
internal static class ScanBenchmark
{
    private const int Rounds = 5;

    public static int Run(string[] arguments)
    {
        var folder = arguments.Length > 0 ? arguments[0] : StandardLibrary();
        var program = Path.Combine(Checkout.Root, "artifacts", "publish", "leakyspanner");
        var (seconds, memory, lines) = (new List<double>(), 0L, 0L);
        for (var i = 0; i < Rounds; i++)
        {
            var start = new ProcessStartInfo(program, ["scan-code", "--json", "--min-confidence", "low", folder]) { RedirectStandardOutput = true };
            var watch = Stopwatch.StartNew();
            using var process = Process.Start(start)!;
            var reading = process.StandardOutput.ReadToEndAsync();
            while (!process.WaitForExit(20))
            {
                process.Refresh();
                memory = Math.Max(memory, process.HasExited ? 0 : process.PeakWorkingSet64);
            }

            seconds.Add(watch.Elapsed.TotalSeconds);
            var text = reading.Result;
            var mark = text.LastIndexOf("\"lines\":", StringComparison.Ordinal) + 8;
            lines = long.Parse(text[mark..text.IndexOf(',', mark)], System.Globalization.CultureInfo.InvariantCulture);
        }

        var median = Median(seconds);
        Console.WriteLine($"scan: {lines} lines in {F(median, "0.00")} s (median of {Rounds}; fastest {F(seconds.Min(), "0.00")}): 1 million in {F(median * 1e6 / lines, "0.00")} s, asked: 5 s; "
            + $"at most {memory >> 20} MB, asked: 300 MB; {Environment.ProcessorCount} processors; {folder}");
        return 0;
    }

    private static string StandardLibrary()
    {
        using var process = Process.Start(new ProcessStartInfo("python3", ["-c", "import os; print(os.path.dirname(os.__file__))"]) { RedirectStandardOutput = true })!;
        return process.StandardOutput.ReadToEnd().Trim();
    }
}
