using System.Diagnostics;
using System.Globalization;
using LeakySpanner.CPython.Census;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.Target;
using static LeakySpanner.Benchmarks.Measurement;

namespace LeakySpanner.Benchmarks;

/// <summary>Processor time of watching: one census per interval, the resident size twenty times a second.</summary>
internal static class WatchCpuBenchmark
{
    public static int Run(string[] arguments)
    {
        var numbers = arguments.Select(text => int.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        var records = numbers.ElementAtOrDefault(0) is > 0 and var count ? count : 700_000;
        var censuses = numbers.ElementAtOrDefault(1) is > 0 and var times ? times : 6;
        var interval = numbers.ElementAtOrDefault(2) is > 0 and var length ? length : 10;
        using var script = PythonScript.Start("seven_million.py");
        script.Receive();
        script.Ask($"build {records}");
        using var target = TargetProcess.Open(script.Pid);
        var taker = new CensusTaker(PythonProcess.Attach(target));
        taker.Take(TimeSpan.Zero);

        using var self = Process.GetCurrentProcess();
        var before = self.TotalProcessorTime;
        var watch = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        for (var taken = 0; taken < censuses && timer.WaitForNextTickAsync().AsTask().GetAwaiter().GetResult();)
        {
            target.ReadMemorySample(watch.Elapsed);
            if (watch.Elapsed.TotalSeconds < (taken + 1) * interval)
                continue;
            taker.Take(watch.Elapsed);
            taken++;
        }
        self.Refresh();
        var share = (self.TotalProcessorTime - before) / watch.Elapsed;
        Console.WriteLine($"watch-cpu: {F(share * 100, "0.0")} % of a core over {F(watch.Elapsed.TotalSeconds, "0")} s, {censuses} censuses, 20 samples of RSS per second; observer's peak RSS {F(PeakRssMB(), "0")} MB");
        return 0;
    }
}
