using FsCheck;
using FsCheck.Fluent;
using LeakySpanner.Analysis.Retention;
using LeakySpanner.Model.Heap;
using LeakySpanner.Testing.Heaps;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Analysis.Retention;

public sealed class DominatorTreeTests
{
    [Fact]
    public void Retained_sizes_are_what_would_be_unreachable_without_the_object() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1500), Prop.ForAll(RandomGraphs.Arbitrary, graph =>
        {
            var tree = DominatorTree.Compute(graph);
            var reached = Reach(graph, -1);
            for (var node = 0; node < graph.NodeCount; node++)
            {
                tree.IsReachable(new NodeId(node)).ShouldBe(reached.Contains(node));
                if (!reached.Contains(node))
                    continue;
                var without = Reach(graph, node);
                tree.RetainedSize(new NodeId(node)).ShouldBe(reached.Except(without).Sum(lost => graph.SizeOf(new NodeId(lost))));
            }

            tree.UnreachableCount.ShouldBe(graph.NodeCount - reached.Count);
        }));

    [Fact]
    public void The_immediate_dominator_is_the_last_of_the_objects_that_no_path_avoids() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1500), Prop.ForAll(RandomGraphs.Arbitrary, graph =>
        {
            var tree = DominatorTree.Compute(graph);
            var reached = Reach(graph, -1);
            var dominated = reached.ToDictionary(node => node, node => reached.Except(Reach(graph, node)).ToHashSet());
            foreach (var node in reached)
            {
                // Strict dominators form a chain; the closest one is dominated by all others.
                var strict = reached.Where(other => other != node && dominated[other].Contains(node)).ToList();
                var closest = strict.Count == 0 ? -1 : strict.MinBy(other => dominated[other].Count);
                tree.ImmediateDominator(new NodeId(node)).Value.ShouldBe(closest);
            }
        }));

    [Fact]
    public void A_container_retains_what_only_it_holds()
    {
        var heap = new HeapSketch();
        var shared = heap.NewText(500);
        var cache = heap.Module("app.cache").Dict("results").WithTexts(10, 100).With(shared);
        heap.Module("app.other").List("also").With(shared);
        var graph = heap.Build();

        var tree = DominatorTree.Compute(graph);

        // Ten texts and eleven keys beside the dict itself; the shared text belongs to neither.
        tree.RetainedSize(Node(graph, cache)).ShouldBe(48 + 11 * 24 + 10 * 149 + 11 * 58);
        tree.ImmediateDominator(Node(graph, shared)).IsNone.ShouldBeTrue();
    }

    [Fact]
    public void A_linked_list_of_two_million_objects_does_not_overflow_the_stack()
    {
        const int length = 2_000_000;
        var builder = new HeapGraphBuilder();
        builder.AddType(new TypeInfo("app.Link", ObjectKind.Instance, ["next", "head"]));
        var starts = new int[length + 1];
        var edges = new int[2 * length];
        var addresses = new ulong[length];
        var sizes = new uint[length];
        for (var node = 0; node < length; node++)
        {
            starts[node + 1] = 2 * (node + 1);
            edges[2 * node] = node + 1 < length ? node + 1 : -1;
            edges[(2 * node) + 1] = 0;
            addresses[node] = 64 * (ulong)(node + 1);
            sizes[node] = 1;
        }

        builder.Adopt(addresses, new int[length], sizes, starts, edges);
        builder.AddRoot(RootKind.Module, "app", new NodeId(0));

        var tree = DominatorTree.Compute(builder.Build());

        tree.RetainedSize(new NodeId(0)).ShouldBe(length);
        tree.ImmediateDominator(new NodeId(length - 1)).Value.ShouldBe(length - 2);
    }

    [Fact]
    public void Its_columns_fit_the_budget_of_64_bytes_per_object()
    {
        // The graph's 20 bytes per object and 4 per edge stay while the tree is computed; a heap has some 2.2 edges per object.
        const double edgesPerNode = 2.2;
        var peak = 20 + (4 * edgesPerNode) + DominatorTree.PeakBytesPerNode + (DominatorTree.PeakBytesPerEdge * edgesPerNode);

        peak.ShouldBeLessThan(64);
    }

    [Fact]
    public void It_allocates_no_more_than_its_columns()
    {
        var heap = new HeapSketch();
        heap.Module("app").List("items").WithTexts(50_000);
        var graph = heap.Build();
        DominatorTree.Compute(graph);

        var before = GC.GetAllocatedBytesForCurrentThread();
        DominatorTree.Compute(graph);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        // All columns that are ever allocated, not all of them at once: nine of four bytes, one of eight, and the reversed edges.
        allocated.ShouldBeLessThan((44 + 1) * (long)graph.NodeCount + 4 * (long)graph.EdgeCount + 4096);
    }

    private static NodeId Node(HeapGraph graph, SketchObject item) => new(graph.Addresses.IndexOf(item.Address.Value));

    private static HashSet<int> Reach(HeapGraph graph, int without)
    {
        var seen = new HashSet<int>();
        var open = new Stack<int>(graph.Roots.Select(root => root.Node.Value));
        while (open.TryPop(out var node))
        {
            if (node < 0 || node == without || !seen.Add(node))
                continue;
            foreach (var target in graph.EdgesOf(new NodeId(node)))
                open.Push(target);
        }

        return seen;
    }
}
