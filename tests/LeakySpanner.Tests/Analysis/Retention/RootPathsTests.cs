using FsCheck;
using FsCheck.Fluent;
using LeakySpanner.Analysis.Retention;
using LeakySpanner.Model.Heap;
using LeakySpanner.Testing.Heaps;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Analysis.Retention;

public sealed class RootPathsTests
{
    private readonly HeapSketch _heap = new();

    [Fact]
    public void A_modules_global_is_named_without_its_namespace()
    {
        var cache = _heap.Module("app.cache").Dict("results_cache");

        PathTo(cache).Segments.ShouldBe(["module app.cache", "results_cache"]);
        PathTo(cache).Name.ShouldBe("app.cache.results_cache");
    }

    [Fact]
    public void Attributes_and_entries_are_named_as_far_as_they_have_names()
    {
        var inner = _heap.NewDict();
        var registry = _heap.Module("app.state").Instance("registry", "app.state.Registry");
        registry.Dict("sessions").With(inner);

        PathTo(inner).Segments.ShouldBe(["module app.state", "registry", "sessions", "[...]"]);
        PathTo(inner).Name.ShouldBe("app.state.registry.sessions[]");
    }

    [Fact]
    public void A_key_of_data_is_shown_only_where_it_is_a_name()
    {
        var users = _heap.NewList();
        _heap.Module("app").Dict("by_kind").Bind("users", users);

        PathTo(users).Segments.ShouldBe(["module app", "by_kind", "['users']"]);
    }

    [Fact]
    public void A_closures_variable_is_named_after_the_function_and_the_variable()
    {
        var cache = _heap.NewDict();
        var other = _heap.NewList();
        _heap.Module("app.x").Bind("f", _heap.NewClosure("app.x", "make.<locals>.f", ("other", other), ("cache", cache)));

        PathTo(cache).Segments.ShouldBe(["closure of app.x.make.<locals>.f", "cache"]);
        PathTo(other).Name.ShouldBe("app.x.make.<locals>.f.other");
    }

    [Fact]
    public void A_closure_that_is_one_of_many_keeps_the_way_to_the_many()
    {
        var cache = _heap.NewDict();
        _heap.Module("app.x").List("handlers").With(_heap.NewClosure("app.x", "make.<locals>.f", ("cache", cache)));

        PathTo(cache).Segments.ShouldBe(["module app.x", "handlers", "[...]", "closure of app.x.make.<locals>.f", "cache"]);
    }

    [Fact]
    public void A_default_argument_is_named_by_its_parameter()
    {
        var seen = _heap.NewList();
        var code = _heap.New("code", ObjectKind.Code);
        _heap.Module("app.log").Bind("event", _heap.NewFunction("app.log", "event").Field("__code__", code).Field("__defaults__", _heap.NewTuple(_heap.NewText(3), seen)));
        var graph = _heap.Build((code, new CodeInfo(NodeId.None, "event", "app/log.py", 3, []) { Parameters = ["text", "level", "seen"] }));

        var path = RootPaths.Compute(graph).PathTo(Node(graph, seen))!;

        path.Segments.ShouldBe(["default argument 'seen' of app.log.event"]);
        path.Name.ShouldBe("app.log.event(seen)");
    }

    [Fact]
    public void A_keyword_only_default_is_named_by_its_key()
    {
        var seen = _heap.NewList();
        var defaults = _heap.NewDict();
        defaults.Bind("seen", seen);
        _heap.Module("app.log").Bind("event", _heap.NewFunction("app.log", "event").Field("__kwdefaults__", defaults));

        PathTo(seen).Segments.ShouldBe(["default argument 'seen' of app.log.event"]);
    }

    [Fact]
    public void A_class_attribute_is_found_through_its_class()
    {
        var all = _heap.NewClass("app.models.Session").List("_all");
        _heap.Module("app.models").Bind("Session", _heap.Classes["app.models.Session"]);

        PathTo(all).Name.ShouldBe("app.models.Session._all");
        PathTo(all).Segments.ShouldBe(["module app.models", "Session", "_all"]);
    }

    [Fact]
    public void A_class_that_only_its_instances_hold_starts_the_path()
    {
        var all = _heap.NewClass("app.models.Session").List("_all");
        var session = _heap.NewInstance("app.models.Session").Field("__class__", _heap.Classes["app.models.Session"]);
        _heap.Module("app").List("sessions").With(session);

        PathTo(all).Segments.ShouldBe(["class app.models.Session", "_all"]);
    }

    [Fact]
    public void A_local_of_a_running_function_is_named_by_thread_and_function()
    {
        var buffer = _heap.Frame("MainThread", "app.main.main").List("buffer");

        PathTo(buffer).Segments.ShouldBe(["thread MainThread", "app.main.main()", "buffer"]);
        PathTo(buffer).Name.ShouldBe("app.main.main.buffer");
    }

    [Fact]
    public void A_local_of_a_suspended_task_is_named_by_the_task()
    {
        var coroutine = _heap.NewCoroutine("app.jobs.poll");
        var rows = coroutine.List("rows");
        _heap.Module("asyncio.events").Instance("_policy", "asyncio.Policy").List("_scheduled").With(_heap.NewTask(coroutine));

        PathTo(rows).Segments.ShouldBe(["task app.jobs.poll", "local rows"]);
        PathTo(rows).Name.ShouldBe("app.jobs.poll.rows");
    }

    [Fact]
    public void An_applications_module_is_preferred_even_by_a_longer_path()
    {
        var cache = _heap.NewDict();
        _heap.Module("logging").Bind("handlers", cache);
        _heap.Root(RootKind.NativeHeap, "", cache);
        _heap.Frame("MainThread", "app.main.main").Bind("cache", cache);
        _heap.Module("app").Instance("state", "app.State").Instance("inner", "app.Inner").Bind("cache", cache);

        PathTo(cache).Segments.ShouldBe(["module app", "state", "inner", "cache"]);
    }

    [Fact]
    public void A_module_stays_its_own_root_where_others_import_it()
    {
        var handlers = _heap.Module("logging").List("handlers");
        _heap.Module("app").Bind("log", _heap.Module("logging"));

        PathTo(handlers).Name.ShouldBe("logging.handlers");
    }

    [Fact]
    public void The_main_script_is_named_only_if_no_module_is_as_near()
    {
        var cache = _heap.NewDict();
        _heap.Module("__main__").Bind("cache", cache);
        _heap.Module("app").Bind("cache", cache);

        PathTo(cache).Name.ShouldBe("app.cache");
    }

    [Fact]
    public void Bookkeeping_fields_are_taken_only_without_another_way()
    {
        var value = _heap.NewList();
        var globals = _heap.NewDict();
        globals.Bind("value", value);
        _heap.Module("app").Bind("f", _heap.NewFunction("app", "f").Field("__globals__", globals));
        _heap.Frame("worker", "app.run").List("a").With(_heap.NewList().With(_heap.NewList().With(value)));

        PathTo(value).Segments[0].ShouldBe("thread worker");
    }

    [Fact]
    public void A_linked_list_is_named_at_both_ends()
    {
        var last = _heap.NewInstance("app.Link");
        var link = last;
        for (var i = 0; i < 5000; i++)
            link = _heap.NewInstance("app.Link").Field("next", link);
        _heap.Module("app").Bind("head", link);

        var path = PathTo(last);

        path.Nodes.Length.ShouldBe(5003);
        path.Segments.Length.ShouldBeLessThan(70);
        path.Segments.ShouldContain("...");
    }

    [Fact]
    public void Every_reachable_object_has_a_path_of_real_edges_and_a_name() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(800), Prop.ForAll(RandomGraphs.Arbitrary, graph =>
        {
            var paths = RootPaths.Compute(graph);
            var tree = DominatorTree.Compute(graph);
            var seen = new HashSet<int>();
            foreach (var node in paths.Order)
            {
                var parent = paths.Parents[node];
                (parent == RootPaths.AtRoot || seen.Contains(parent)).ShouldBeTrue();
                seen.Add(node).ShouldBeTrue();
            }

            for (var node = 0; node < graph.NodeCount; node++)
            {
                var id = new NodeId(node);
                var path = paths.PathTo(id);
                (path is not null).ShouldBe(tree.IsReachable(id));
                if (path is null)
                    continue;
                path.Name.ShouldNotBeEmpty();
                path.Nodes[^1].ShouldBe(id);
                graph.Roots.ShouldContain(path.Root);
                path.Nodes[0].ShouldBe(path.Root.Node);
                for (var at = 1; at < path.Nodes.Length; at++)
                    graph.EdgesOf(path.Nodes[at - 1]).Contains(path.Nodes[at].Value).ShouldBeTrue();
            }
        }));

    private RetentionPath PathTo(SketchObject item)
    {
        var graph = _heap.Build();
        return RootPaths.Compute(graph).PathTo(Node(graph, item))!;
    }

    private static NodeId Node(HeapGraph graph, SketchObject item) => new(graph.Addresses.IndexOf(item.Address.Value));
}
