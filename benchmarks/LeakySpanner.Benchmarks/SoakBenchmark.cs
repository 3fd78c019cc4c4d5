using System.Diagnostics;
using System.Globalization;
using LeakySpanner.CPython.Census;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.Target;
using static LeakySpanner.Benchmarks.Measurement;

namespace LeakySpanner.Benchmarks;

/// <summary>Ten thousand censuses of a small process that makes and forgets classes, objects and containers meanwhile: does the observer grow?</summary>
internal static class SoakBenchmark
{
    private const int Early = 100;

    public static int Run(string[] arguments)
    {
        var censuses = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 10_000;
        using var script = PythonScript.Start("soak.py");
        script.Receive();
        using var target = TargetProcess.Open(script.Pid);
        using var self = TargetProcess.Observe(Environment.ProcessId);
        var taker = new CensusTaker(PythonProcess.Attach(target));
        var watch = Stopwatch.StartNew();
        var (early, most, objects) = (0.0, 0.0, 0L);
        for (var number = 1; number <= censuses; number++)
        {
            var census = taker.Take(watch.Elapsed);
            target.ReadMemorySample(watch.Elapsed);
            objects = census.Coverage.ObjectsSeen;
            var rss = self.ReadMemorySample(watch.Elapsed).Rss.InMB;
            if (number > Early)
                most = Math.Max(most, rss);
            if (number == Early)
                early = rss;
            if (number is Early or 1 || number % Math.Max(1, censuses / 10) == 0)
                Console.WriteLine($"  after {number,6} censuses ({F(watch.Elapsed.TotalSeconds, "0")} s): observer {F(rss, "0.0")} MB, its objects {F(GC.GetTotalMemory(false) / 1048576.0, "0.0")} MB; target {target.ReadMemorySample(watch.Elapsed).Rss}, {objects:N0} objects");
        }

        var last = self.ReadMemorySample(watch.Elapsed).Rss.InMB;
        Console.WriteLine($"soak: {censuses:N0} censuses of {objects:N0} objects in {F(watch.Elapsed.TotalSeconds, "0")} s; observer {F(early, "0.0")} MB after the hundredth, {F(last, "0.0")} MB after the last ({F((last / early - 1) * 100, "+0.0;-0.0")} %), at most {F(most, "0.0")} MB in between");
        return 0;
    }
}
