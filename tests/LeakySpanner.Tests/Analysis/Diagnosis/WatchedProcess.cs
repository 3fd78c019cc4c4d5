using System.Collections.Immutable;
using LeakySpanner.Analysis.Diagnosis;
using LeakySpanner.Analysis.Growth;
using LeakySpanner.Analysis.Retention;
using LeakySpanner.Model;
using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Heap;
using LeakySpanner.Model.Usage;
using LeakySpanner.Testing.Heaps;

namespace LeakySpanner.Tests.Analysis.Diagnosis;

/// <summary>
/// A drawn heap that changes step by step while it is "watched": a census every ten seconds, memory twenty times a second
/// (what the heap holds, what native code holds, and some noise), a snapshot at both ends.
/// </summary>
internal sealed class WatchedProcess
{
    private const int SamplesPerStep = 200;
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(10);

    public HeapSketch Heap { get; } = new();

    public int Steps { get; init; } = 9;

    public double NoiseMB { get; init; } = 0.1;

    public CollectorState? Collector { get; set; } = new(true, [100, 9, 1], [700, 10, 10], [0, 0, 0]);

    /// <summary>Native bytes, threads and descriptors after each step.</summary>
    public Func<int, (long Native, int Threads, int Descriptors)> Beside { get; set; } = _ => (0, 4, 20);

    public ByteSize? Limit { get; init; } = ByteSize.FromMB(1024);

    public LeakySpanner.Model.Findings.Diagnosis Diagnose(Action<int> change) => Diagnoser.Diagnose(Watch(change));

    public Evidence Watch(Action<int> change)
    {
        var noise = new Random(7);
        var first = Heap.Snapshot();
        var before = HeapBaseline.Of(first, RootPaths.Compute(first.Graph));
        var memory = ImmutableArray.CreateBuilder<MemorySample>();
        var resources = ImmutableArray.CreateBuilder<ResourceSample>();
        var censuses = ImmutableArray.CreateBuilder<HeapCensus>();
        censuses.Add(Census(first.Graph, TimeSpan.Zero));
        var snapshot = first;
        var bytes = Total(first.Graph) + Beside(0).Native;
        for (var step = 1; step <= Steps; step++)
        {
            change(step);
            snapshot = Heap.Snapshot(step * Step);
            censuses.Add(Census(snapshot.Graph, snapshot.At));
            var (native, threads, descriptors) = Beside(step);
            var now = Total(snapshot.Graph) + native;
            for (var sample = 0; sample < SamplesPerStep; sample++)
            {
                var part = sample / (double)SamplesPerStep;
                var anonymous = ByteSize.FromMB(100) + new ByteSize((long)(bytes + ((now - bytes) * part) + (noise.NextDouble() * NoiseMB * ByteSize.MB)));
                memory.Add(new MemorySample(((step - 1) * Step) + (part * Step), anonymous + ByteSize.FromMB(20), anonymous, ByteSize.Zero, anonymous));
            }

            bytes = now;
            resources.Add(new ResourceSample(step * Step, threads, descriptors));
        }

        return new Evidence
        {
            Process = new ProcessFacts("shop-api", 4121, "python app.py", "CPython 3.11.2", "uvicorn", memory[^1].Rss, Limit, "cgroup v2 memory.max"),
            Memory = memory.ToImmutable(),
            Resources = resources.ToImmutable(),
            Censuses = censuses.ToImmutable(),
            Before = before,
            After = snapshot,
            BalanceBefore = Balance(first.Graph, Beside(0).Native),
            Balance = Balance(snapshot.Graph, Beside(Steps).Native),
        };
    }

    private static ImmutableArray<BalanceLine> Balance(HeapGraph graph, long native) =>
        [new("python_objects", "Python objects", Total(graph)), new("malloc_native", "native (malloc)", native)];

    private static long Total(HeapGraph graph) => Enumerable.Range(0, graph.NodeCount).Sum(node => graph.SizeOf(new NodeId(node)));

    private HeapCensus Census(HeapGraph graph, TimeSpan at)
    {
        var nodes = Enumerable.Range(0, graph.NodeCount).Select(node => new NodeId(node)).ToList();
        return new HeapCensus(
            at,
            [.. nodes.GroupBy(node => graph.TypeOf(node).Name.Split(' ')[0]).Select(group => new TypeCount(group.Key, group.Count(), group.Sum(graph.SizeOf)))],
            [.. nodes.Where(node => graph.TypeOf(node).Tail != EdgeTail.None && graph.LengthOf(node) > 8)
                .Select(node => new ContainerLength(graph.AddressOf(node), graph.TypeOf(node).Name, graph.LengthOf(node)))],
            0, 0, Collector, Coverage.None);
    }
}
