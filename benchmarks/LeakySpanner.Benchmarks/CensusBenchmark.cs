using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using LeakySpanner.CPython.Census;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.Model;
using LeakySpanner.Model.Usage;
using LeakySpanner.Target;
using static LeakySpanner.Benchmarks.Measurement;

namespace LeakySpanner.Benchmarks;

/// <summary>Time, memory and truth of a census of seven million objects, beside what the interpreter itself needs to count.</summary>
internal static class CensusBenchmark
{
    private const int Rounds = 9;

    public static int Run(string[] arguments)
    {
        var records = arguments.FirstOrDefault(argument => char.IsAsciiDigit(argument[0])) ?? "700000";
        using var script = PythonScript.Start("seven_million.py");
        script.Receive();
        using var target = TargetProcess.Open(script.Pid);
        var taker = new CensusTaker(PythonProcess.Attach(target));
        var empty = taker.Take(TimeSpan.Zero);
        var truth = script.Ask($"build {records}");
        target.ReadMemorySample(TimeSpan.Zero);

        var seconds = new List<double>();
        var processor = new List<double>();
        using var self = Process.GetCurrentProcess();
        var full = empty;
        for (var i = 0; i < Rounds; i++)
        {
            self.Refresh();
            var before = self.TotalProcessorTime;
            var watch = Stopwatch.StartNew();
            full = taker.Take(TimeSpan.Zero);
            seconds.Add(watch.Elapsed.TotalSeconds);
            self.Refresh();
            processor.Add((self.TotalProcessorTime - before).TotalSeconds);
        }
        var rss = target.ReadMemorySample(TimeSpan.Zero).Rss;
        Console.WriteLine($"census: {full.Coverage.ObjectsSeen:N0} objects in {rss} RSS, arenas {full.ArenaBytes >> 20} MB, live {full.LiveBytes >> 20} MB");
        Console.WriteLine($"  first {F(seconds[0])} s, median {F(Median(seconds))} s, fastest {F(seconds.Min())} s of {Rounds}; processor time median {F(Median(processor))} s; observer's peak RSS {F(PeakRssMB(), "0")} MB; paused {F(full.Coverage.PausedMilliseconds, "0")} ms");
        Console.WriteLine($"  faults: {string.Join(", ", full.Coverage.Faults.Select(fault => $"{fault.Key} {fault.Value}").DefaultIfEmpty("none"))}");

        var wrong = 0L;
        foreach (var fact in truth.EnumerateObject().Where(fact => fact.Value.ValueKind == JsonValueKind.Number))
        {
            var type = fact.Name == "instance" ? "__main__.Position" : fact.Name;
            var counted = CountOf(full, type) - CountOf(empty, type);
            var difference = counted - fact.Value.GetInt64();
            wrong += Math.Abs(difference);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {type,-18} {counted,10:N0} counted {fact.Value.GetInt64(),10:N0} made  difference {difference}"));
        }
        Console.WriteLine($"  sum of differences {wrong} (what the interpreter itself allocated between the two censuses is in it)");

        var inside = script.Ask("gc");
        Console.WriteLine($"inside the target, which stands still meanwhile: gc.get_objects + Counter {F(inside.GetProperty("counter_seconds").GetDouble())} s for {inside.GetProperty("objects").GetInt64():N0} objects; typestats {F(inside.GetProperty("typestats_seconds").GetDouble())} s");
        if (arguments.Contains("tracemalloc"))
            CompareTracemalloc(records, rss);
        return 0;
    }

    /// <summary>The same heap under tracemalloc, which takes minutes and gigabytes; only when asked for.</summary>
    private static void CompareTracemalloc(string records, ByteSize without)
    {
        using var script = PythonScript.Start("seven_million.py", "tracemalloc");
        script.Receive();
        script.Ask($"build {records}");
        using var target = TargetProcess.Open(script.Pid);
        var traced = target.ReadMemorySample(TimeSpan.Zero).Rss;
        var seconds = script.Ask("tracemalloc").GetProperty("seconds").GetDouble();
        var during = target.ReadMemorySample(TimeSpan.Zero).Rss;
        Console.WriteLine($"tracemalloc: take_snapshot + statistics {F(seconds, "0.0")} s; the target is larger by {traced - without}, by {during - without} after it");
    }

    private static long CountOf(HeapCensus census, string type) => census.Types.FirstOrDefault(row => row.Name == type).Count;
}
