using System.Diagnostics;
using System.Globalization;
using LeakySpanner.CPython.Census;
using LeakySpanner.CPython.Walk;
using LeakySpanner.Model.Heap;
using LeakySpanner.Model.Usage;
using LeakySpanner.Sessions;
using static LeakySpanner.Benchmarks.Measurement;

namespace LeakySpanner.Benchmarks;

/// <summary>
/// How wrong is a census of a process that replaces its objects at full speed, paused and not? There are as many objects of each type at every
/// moment, so that each difference is an error. And how long the process stands still with --pause.
/// </summary>
internal static class RaceBenchmark
{
    private const int Rounds = 7;

    public static int Run(string[] arguments)
    {
        var records = arguments.Length > 0 ? arguments[0] : "700000";
        using var script = PythonScript.Start("churn.py");
        script.Receive();
        using var process = AttachedProcess.Open(script.Pid);
        var empty = new CensusTaker(process.Python).Take(TimeSpan.Zero);
        var truth = script.Ask($"build {records}").EnumerateObject()
            .ToDictionary(fact => fact.Name == "instance" ? "__main__.Position" : fact.Name, fact => fact.Value.GetInt64());
        foreach (var type in truth.Keys)
            truth[type] += CountOf(empty, type);
        Console.WriteLine($"race: {truth.Values.Sum():N0} objects of {truth.Count} types in {process.Target.ReadMemorySample(TimeSpan.Zero).Rss} RSS");

        var taker = new CensusTaker(process.Python);
        Report("at rest, unpaused", truth, [taker.Take(TimeSpan.Zero)], []);
        script.Ask("churn");
        var (racing, paused, still, inPlace) = (new List<HeapCensus>(), new List<HeapCensus>(), new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            racing.Add(taker.Take(TimeSpan.Zero));
            var pauses = new PausedReading(process);
            paused.Add(pauses.Read(python => new CensusTaker(python).Take(TimeSpan.Zero), CancellationToken.None));
            still.Add(pauses.Paused.TotalMilliseconds);
            if (pauses.WasInPlace)
                Console.WriteLine("  no room for a copy: the paused census was taken in place");
            using var pause = process.Target.Pause(PausedReading.LongestPause);
            taker.Take(TimeSpan.Zero);
            pause.Dispose();
            inPlace.Add(pause.Elapsed.TotalMilliseconds);
        }

        Report("unpaused", truth, racing, []);
        Report("paused", truth, paused, still);
        Console.WriteLine($"  unpaused against paused, per type and round: largest {F(Largest(racing, paused, truth) * 100, "0.000")} %");
        Console.WriteLine($"  paused for as long as the census takes instead: median {F(Median(inPlace), "0")} ms");
        Snapshots(process);
        Console.WriteLine($"  records replaced per second meanwhile, ten objects each: {F(script.Ask("rest").GetProperty("per_second").GetDouble(), "0")}");
        Console.WriteLine($"  observer's peak RSS {F(PeakRssMB(), "0")} MB");
        return 0;
    }

    private static void Snapshots(AttachedProcess process)
    {
        var watch = Stopwatch.StartNew();
        var racing = new HeapWalker(process.Python).Walk(WalkOptions.Default, TimeSpan.Zero);
        var racingSeconds = watch.Elapsed.TotalSeconds;
        var pauses = new PausedReading(process);
        watch.Restart();
        var paused = pauses.Read(python => new HeapWalker(python).Walk(WalkOptions.Default, TimeSpan.Zero), CancellationToken.None);
        Tell("unpaused", racing, racingSeconds, 0);
        Tell("paused", paused, watch.Elapsed.TotalSeconds, pauses.Paused.TotalMilliseconds);
    }

    private static void Tell(string how, HeapSnapshot snapshot, double seconds, double paused) => Console.WriteLine(
        $"  snapshot {how}: {snapshot.Graph.NodeCount:N0} objects, {snapshot.Graph.EdgeCount:N0} edges in {F(seconds)} s, paused {F(paused, "0")} ms; faults: {Faults(snapshot.Graph.Coverage.Faults)}");

    private static void Report(string how, Dictionary<string, long> truth, List<HeapCensus> censuses, List<double> pauses)
    {
        var all = (double)truth.Values.Sum();
        var errors = censuses.Select(census => truth.Sum(fact => Math.Abs(CountOf(census, fact.Key) - fact.Value)) / all).ToList();
        var paused = pauses.Count == 0 ? "" : $"; paused median {F(Median(pauses), "0")} ms, longest {F(pauses.Max(), "0")} ms";
        Console.WriteLine($"  census {how}: wrong or missed, median {F(Median(errors) * 100, "0.0000")} %, most {F(errors.Max() * 100, "0.0000")} % of all objects{paused}; faults of the last: {Faults(censuses[^1].Coverage.Faults)}");
        foreach (var (type, count) in truth)
        {
            var counts = censuses.Select(census => CountOf(census, type) - count).Order().ToList();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"    {type,-18} {count,10:N0}   differences {counts[0]:+0;-0;0} to {counts[^1]:+0;-0;0}"));
        }
    }

    private static double Largest(List<HeapCensus> racing, List<HeapCensus> paused, Dictionary<string, long> truth) =>
        racing.Zip(paused).Max(pair => truth.Keys.Max(type => Math.Abs(CountOf(pair.First, type) - CountOf(pair.Second, type)) / (double)CountOf(pair.Second, type)));

    private static string Faults(IReadOnlyDictionary<string, long> faults) =>
        string.Join(", ", faults.Select(fault => $"{fault.Key} {fault.Value}").DefaultIfEmpty("none"));

    private static long CountOf(HeapCensus census, string type) => census.Types.FirstOrDefault(row => row.Name == type).Count;
}
