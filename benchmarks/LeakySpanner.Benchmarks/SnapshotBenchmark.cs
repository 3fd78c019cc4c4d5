using System.Diagnostics;
using LeakySpanner.Analysis.Retention;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.CPython.Walk;
using LeakySpanner.Target;
using static LeakySpanner.Benchmarks.Measurement;

namespace LeakySpanner.Benchmarks;

/// <summary>
/// Time and memory of a whole snapshot of seven million objects: walk, roots, code, dominators. The first one is the figure,
/// compilation included, because a diagnosis takes no more than two.
/// </summary>
internal static class SnapshotBenchmark
{
    private const int BaseMB = 50;

    public static int Run(string[] arguments)
    {
        var records = arguments.Length > 0 ? arguments[0] : "700000";
        var rounds = arguments.Length > 1 ? int.Parse(arguments[1], System.Globalization.CultureInfo.InvariantCulture) : 1;
        using var script = PythonScript.Start("seven_million.py");
        script.Receive();
        script.Ask($"build {records}");
        using var target = TargetProcess.Open(script.Pid);
        var walker = new HeapWalker(PythonProcess.Attach(target));
        for (var round = 1; round <= rounds; round++)
        {
            var watch = Stopwatch.StartNew();
            var processorBefore = Environment.CpuUsage.TotalTime;
            var graph = walker.Walk(WalkOptions.Default, TimeSpan.Zero).Graph;
            var walked = watch.Elapsed.TotalSeconds;
            var walkPeak = PeakRssMB();
            var tree = DominatorTree.Compute(graph);
            var all = watch.Elapsed.TotalSeconds;
            var processor = (Environment.CpuUsage.TotalTime - processorBefore).TotalSeconds;
            var peak = PeakRssMB();
            Console.WriteLine($"snapshot {round}: {graph.NodeCount:N0} objects, {graph.EdgeCount:N0} edges, {graph.Roots.Length:N0} roots; target {target.ReadMemorySample(TimeSpan.Zero).Rss} RSS, paused 0 ms");
            Console.WriteLine($"  walk {F(walked)} s, dominators {F(all - walked)} s, together {F(all)} s; processor time {F(processor)} s on two threads");
            Console.WriteLine($"  observer's peak RSS {F(peak, "0")} MB ({F(walkPeak, "0")} MB after the walk): {F((peak - BaseMB) * 1024 * 1024 / graph.NodeCount, "0.0")} bytes per object over {BaseMB} MB");
            Console.WriteLine($"  faults: {string.Join(", ", graph.Coverage.Faults.Select(fault => $"{fault.Key} {fault.Value}").DefaultIfEmpty("none"))}");
            GC.KeepAlive(tree);
        }

        return 0;
    }
}
