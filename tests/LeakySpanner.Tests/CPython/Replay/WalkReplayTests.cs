using LeakySpanner.Analysis.Attribution;
using LeakySpanner.Analysis.Retention;
using LeakySpanner.CPython.Tracemalloc;
using LeakySpanner.CPython.Walk;
using LeakySpanner.Model.Heap;
using LeakySpanner.Testing.Recording;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.CPython.Replay;

/// <summary>A walk of a real process: what its containers hold, who holds them, and which lines fill them.</summary>
public abstract class WalkReplayTests
{
    private readonly ReplayedPython _replay;
    private readonly ReplayFigures _figures;

    /// <param name="feature">The version that is replayed.</param>
    protected WalkReplayTests(string feature) => (_replay, _figures) = (ReplayedPython.Of(feature), ReplayFigures.Of(feature));

    private HeapGraph Graph => _replay.Graph;

    [Theory]
    [InlineData("results_cache", "dict", 400)]
    [InlineData("sessions", "collections.OrderedDict", 300)]
    [InlineData("recent", "collections.deque", 50)]
    [InlineData("seen", "set", 300)]
    [InlineData("allowed", "frozenset", 200)]
    [InlineData("primes", "list", 70)]
    public void Containers_hold_what_the_script_put_in(string name, string type, int length)
    {
        var node = Named.Find(Graph, name);
        Graph.TypeOf(node).Name.ShouldBe(type);
        Graph.LengthOf(node).ShouldBe(length);
        var targets = Graph.EdgesOf(node)[Graph.TypeOf(node).Fields.Length..].ToArray();
        targets.ShouldAllBe(target => target >= 0);
    }

    [Fact]
    public void Values_of_the_cache_are_dicts_of_two_entries_with_lists_of_three()
    {
        var pairs = new ObjectLookup(Graph).Tail(Named.Find(Graph, "results_cache"));
        var objects = new ObjectLookup(Graph);
        for (var i = 1; i < pairs.Length; i += 2)
        {
            var value = new NodeId(pairs[i]);
            Graph.LengthOf(value).ShouldBe(2);
            Graph.LengthOf(objects.Entry(value, "rows")).ShouldBe(3);
        }
    }

    [Fact]
    public void Bounds_that_containers_set_themselves_are_known()
    {
        Graph.Bounds[Named.Find(Graph, "recent").Value].ShouldBe(50);
        Graph.Bounds.Values.ShouldContain(64);
    }

    [Fact]
    public void A_memoized_function_holds_its_results()
    {
        var cache = Named.OfType(Graph, "functools._lru_cache_wrapper").ShouldHaveSingleItem();
        Graph.EdgesOf(cache).ToArray()
            .Where(target => target >= 0 && Graph.TypeOf(new NodeId(target)).Tail == EdgeTail.Pairs)
            .Max(target => Graph.LengthOf(new NodeId(target))).ShouldBe(64);
    }

    [Fact]
    public void Large_buffers_and_numbers_are_measured()
    {
        var upload = Named.Find(Graph, "upload");
        // Since 3.15 its bytes are an object of their own.
        var bytes = Graph.EdgesOf(upload).ToArray().Where(edge => edge >= 0 && Graph.KindOf(new NodeId(edge)) == ObjectKind.Binary).Sum(edge => Graph.SizeOf(new NodeId(edge)));
        (Graph.SizeOf(upload) + bytes).ShouldBeInRange(100_000, 100_200);
        var prime = new NodeId(new ObjectLookup(Graph).Tail(Named.Find(Graph, "primes"))[^1]);
        // 521 bits in digits of 30, of 4 bytes each, behind a header of 24.
        Graph.SizeOf(prime).ShouldBe(24 + (18 * 4));
    }

    [Fact]
    public void Attributes_are_found_in_slots_and_beside_the_object()
    {
        var objects = new ObjectLookup(Graph);
        foreach (var user in Named.OfType(Graph, "__main__.User"))
        {
            var position = objects.Attribute(user, "position");
            Graph.TypeOf(position).Name.ShouldBe("__main__.Position");
            Graph.TypeOf(objects.Attribute(position, "latitude")).Name.ShouldBe("float");
            Graph.TypeOf(objects.Attribute(user, "number")).Name.ShouldBe("int");
        }
    }

    [Theory]
    [InlineData("generator __main__.tickets", "booked", 34)]
    [InlineData("coroutine __main__.poll", "batch", 37)]
    [InlineData("frame __main__.serve", "users", 60)]
    [InlineData("frame __main__.serve", "references", 35)]
    [InlineData("frame __main__.serve", "settings", 45)]
    public void Locals_of_what_runs_or_waits_have_their_names(string runs, string name, int length) =>
        Graph.LengthOf(Named.Local(Graph, runs, name)).ShouldBe(length);

    [Fact]
    public void Weak_references_keep_nothing_alive()
    {
        var objects = new ObjectLookup(Graph);
        var references = objects.Tail(Named.Local(Graph, "frame __main__.serve", "references"));
        foreach (var reference in references)
        {
            Graph.KindOf(new NodeId(reference)).ShouldBe(ObjectKind.WeakReference);
            foreach (var target in Graph.EdgesOf(new NodeId(reference)))
                (target >= 0 && Graph.TypeOf(new NodeId(target)).Name == "__main__.Position").ShouldBeFalse();
        }
    }

    [Fact]
    public void Modules_are_roots_by_name()
    {
        var modules = Graph.Roots.Where(root => root.Kind == RootKind.Module).Select(root => root.Name).ToArray();
        foreach (var name in (string[])["__main__", "builtins", "sys", "collections", "functools", "gc", "time", "weakref"])
            modules.ShouldContain(name);
        Graph.Roots.Count(root => root.Kind == RootKind.Thread).ShouldBeGreaterThanOrEqualTo(2);
    }

    [Fact]
    public void The_cache_dominates_what_it_holds()
    {
        var tree = DominatorTree.Compute(Graph);
        var cache = Named.Find(Graph, "results_cache");
        var objects = new ObjectLookup(Graph);
        var value = new NodeId(objects.Tail(cache)[1]);
        tree.ImmediateDominator(value).ShouldBe(cache);
        tree.ImmediateDominator(objects.Entry(value, "rows")).ShouldBe(value);

        // 400 dicts of at least 184 bytes and lists of at least 88; the tables of the cache itself.
        tree.RetainedSize(cache).ShouldBeInRange(400 * (184 + 88), 400 * 600);
        tree.RetainedSize(cache).ShouldBeGreaterThan(Graph.SizeOf(cache));
    }

    [Theory]
    [InlineData("results_cache")]
    [InlineData("sessions")]
    [InlineData("recent")]
    public void Paths_start_at_the_module_that_names_the_container(string name)
    {
        var path = _replay.Paths.PathTo(Named.Find(Graph, name)).ShouldNotBeNull();
        path.Root.Kind.ShouldBe(RootKind.Module);
        path.Name.ShouldBe("__main__." + name);
        path.Segments.ShouldBe(["module __main__", name]);
    }

    [Fact]
    public void A_cache_in_a_closure_has_a_path_and_the_line_that_fills_it()
    {
        var known = ClosureCache();
        Graph.LengthOf(known).ShouldBe(90);
        _replay.Paths.PathTo(known).ShouldNotBeNull().Name.ShouldContain("lookup");
        var fill = new SiteFinder(new ProgramIndex(Graph)).Find(known).Fills.First();
        (fill.Site.Line, fill.Site.Function).ShouldBe((LineOf("known[key] = "), _figures.CodeIsQualified ? "make_lookup.<locals>.lookup" : "lookup"));
    }

    [Fact]
    public void Cycles_that_nothing_refers_to_are_unreachable()
    {
        var knots = Named.OfType(Graph, "__main__.Knot").ToArray();
        knots.Length.ShouldBe(25);
        var lookup = new ObjectLookup(Graph);
        foreach (var knot in knots)
        {
            _replay.Paths.IsReachable(knot).ShouldBeFalse(_replay.Paths.PathTo(knot)?.Root.ToString());
            Graph.LengthOf(lookup.Attribute(knot, "load")).ShouldBe(40);
        }

        Named.OfType(Graph, "__main__.User").ShouldAllBe(user => _replay.Paths.IsReachable(user));
    }

    [Theory]
    [InlineData("results_cache", "results_cache[key] = ", "remember")]
    [InlineData("recent", "recent.append(", "serve")]
    [InlineData("seen", "seen.add(", "serve")]
    public void The_line_that_fills_a_container_is_found_in_the_code(string name, string source, string function)
    {
        var report = new SiteFinder(new ProgramIndex(Graph)).Find(Named.Find(Graph, name));
        var fill = report.Fills.First();
        fill.Certainty.ShouldBe(SiteCertainty.Identical);
        (Path.GetFileName(fill.Site.File), fill.Site.Line, fill.Site.Function).ShouldBe(("service.py", LineOf(source), function));
        report.Removals.ShouldBeEmpty();
    }

    [Fact]
    public void Traces_of_tracemalloc_are_told_by_their_line()
    {
        var table = TracemallocReader.Read(_replay.Python, limit: 10);
        table.IsTracing.ShouldBeTrue(table.Note);
        var site = table.Sites.MaxBy(site => site.Count);
        (Path.GetFileName(site.File), site.Line).ShouldBe(("service.py", LineOf("traced = [")));
        site.Count.ShouldBeInRange(500, 502);
    }

    /// <summary>Reads are what a walk costs its target. They may fall.</summary>
    [Fact]
    public void A_walk_takes_no_more_reads_than_it_did() => _replay.WalkReads.ShouldBeInRange(1, _figures.WalkReads);

    /// <summary>The graph is 20 bytes per object and 4 per edge; what a walk allocates on its way has a large fixed part.</summary>
    [Fact]
    public void A_walk_takes_no_more_memory_than_it_did()
    {
        (20 + (4.0 * Graph.EdgeCount / Graph.NodeCount)).ShouldBeInRange(20, 33.5);
        _replay.WalkAllocatedBytes.ShouldBeInRange(1, _figures.WalkAllocatedBytes);
    }

    [Fact]
    public void Every_reference_leads_to_an_object()
    {
        Graph.NodeCount.ShouldBe(_figures.Nodes);
        Graph.Coverage.Faults.Values.Sum().ShouldBe(_figures.EdgesToNothing);
        Graph.Coverage.Faults.GetValueOrDefault(Faults.EdgeToNothing).ShouldBe(_figures.EdgesToNothing);
    }

    private NodeId ClosureCache()
    {
        var function = Named.Local(Graph, "frame __main__.serve", "lookup");
        var objects = new ObjectLookup(Graph);
        var cell = new NodeId(objects.Tail(Graph.Field(function, "__closure__"))[0]);
        return new NodeId(Graph.EdgesOf(cell)[0]);
    }

    private static int LineOf(string source) =>
        1 + Array.FindIndex(File.ReadAllLines(Path.Combine(Recordings.Folder, "service.py")), line => line.Contains(source, StringComparison.Ordinal));
}
