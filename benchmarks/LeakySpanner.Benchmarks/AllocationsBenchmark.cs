using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.CPython.Tracemalloc;
using LeakySpanner.Model;
using LeakySpanner.Model.Usage;
using LeakySpanner.Target;
using LeakySpanner.Target.Memory;
using static LeakySpanner.Benchmarks.Measurement;

namespace LeakySpanner.Benchmarks;

/// <summary>tracemalloc's table read from outside, beside take_snapshot() and statistics() inside the same process.</summary>
internal static class AllocationsBenchmark
{
    private const int Rounds = 7;

    public static int Run(string[] arguments)
    {
        var records = arguments.FirstOrDefault() ?? "100000";
        using var script = PythonScript.Start("seven_million.py", "tracemalloc");
        script.Receive();
        script.Ask($"build {records}");
        using var target = TargetProcess.Open(script.Pid);
        var counted = new CountedTarget(target);
        var python = PythonProcess.Attach(counted);

        var table = new AllocationTable(false, [], 0, 0, 1, null);
        var seconds = new List<double>();
        var reads = new List<(long Count, long Bytes)>();
        for (var i = 0; i < Rounds; i++)
        {
            var (count, bytes) = (counted.Reads, counted.BytesRead);
            var watch = Stopwatch.StartNew();
            table = TracemallocReader.Read(python, 10);
            seconds.Add(watch.Elapsed.TotalSeconds);
            reads.Add((counted.Reads - count, counted.BytesRead - bytes));
        }

        Console.WriteLine($"allocations: {table.Count:N0} traces of {new ByteSize(table.Bytes)}, share read {F(table.SampledShare)}, note: {table.Note ?? "none"}");
        Console.WriteLine($"  first {F(seconds[0])} s, median {F(Median(seconds))} s of {Rounds}; reads {reads[0].Count:N0} the first time, then {reads[^1].Count:N0} of {new ByteSize(reads[^1].Bytes)}; observer's peak RSS {F(PeakRssMB(), "0")} MB");
        var before = target.ReadMemorySample(TimeSpan.Zero).Rss;
        var inside = script.Ask("tracemalloc").GetProperty("seconds").GetDouble();
        var after = target.ReadMemorySample(TimeSpan.Zero).Rss;
        Console.WriteLine($"inside the target, which stands still meanwhile: take_snapshot + statistics {F(inside)} s, {F(inside / Median(seconds), "0")} times as long; it is larger by {after - before} afterwards");
        return 0;
    }

    private sealed class CountedTarget(ITarget target) : ITarget, ITargetMemory
    {
        public long Reads { get; private set; }

        public long BytesRead { get; private set; }

        public ITargetMemory Memory => this;

        public IReadOnlyList<MappedRegion> ReadRegions() => target.ReadRegions();

        public bool TryFindSymbol(string name, out Address address, [NotNullWhen(true)] out string? image) => target.TryFindSymbol(name, out address, out image);

        public bool TryRead(Address address, Span<byte> buffer)
        {
            Reads++;
            BytesRead += buffer.Length;
            return target.Memory.TryRead(address, buffer);
        }
    }
}
