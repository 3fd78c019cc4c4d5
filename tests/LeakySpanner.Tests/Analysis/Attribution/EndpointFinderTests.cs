using LeakySpanner.Analysis.Attribution;
using LeakySpanner.Model.Heap;
using LeakySpanner.Testing.Heaps;
using Shouldly;
using Xunit;
using static LeakySpanner.Tests.Analysis.Attribution.Written;

namespace LeakySpanner.Tests.Analysis.Attribution;

public sealed class EndpointFinderTests
{
    private readonly ProgramHeap _heap = new();
    private readonly List<(string Key, NodeId Value)> _names = [];
    private readonly NodeId _globals;

    public EndpointFinderTests() => _globals = _heap.Namespace();

    [Fact]
    public void An_endpoint_reaches_itself_and_what_it_calls_the_nearest_first()
    {
        var save = Function("save");
        var search = Function("search", "3 Call save");
        var report = Function("report", "3 Call search");
        _heap.Route("GET", "/report", report.Node);
        _heap.Route("GET", "/search", search.Node);
        _heap.Route("GET", "/health", Function("health").Node);

        RoutesTo(save).ShouldBe(["GET /search 1", "GET /report 2"]);
        RoutesTo(search).ShouldBe(["GET /search 0", "GET /report 1"]);
    }

    [Fact]
    public void A_callback_and_a_dependency_reach()
    {
        var (work, user) = (Function("work"), Function("user"));
        _heap.Route("POST", "/jobs", Function("jobs", "3 Call run_in_threadpool", "3 Call work argument").Node);
        _heap.Route("GET", "/me", Function("me").Node, user.Node);

        RoutesTo(work).ShouldBe(["POST /jobs 1"]);
        RoutesTo(user).ShouldBe(["GET /me 0"]);
    }

    [Fact]
    public void Methods_are_followed_through_self_and_through_attributes_that_instances_hold()
    {
        var put = Function("Store.put");
        var store = _heap.Class("app.Store", _heap.Dict(("put", put.Node)));
        var (handle, keep) = (Function("Service.handle", "4 Call self.keep"), Function("Service.keep", "8 Call self.store.put"));
        var service = _heap.Class("app.Service", _heap.Dict(("handle", handle.Node), ("keep", keep.Node)));
        _names.Add(("service", _heap.Instance("app.Service", service, ("store", _heap.Instance("app.Store", store)))));
        _heap.Route("PUT", "/x", Function("endpoint", "2 Call service.handle").Node);

        RoutesTo(put).ShouldBe(["PUT /x 3"]);
    }

    [Fact]
    public void A_method_of_something_unknown_counts_if_few_classes_have_it()
    {
        var rare = Function("Recorder.record");
        _heap.Class("app.Recorder", _heap.Dict(("record", rare.Node)));
        var commons = Enumerable.Range(0, 5).Select(i => Function($"C{i}.run")).ToList();
        foreach (var (common, i) in commons.Select((common, i) => (common, i)))
            _heap.Class($"app.C{i}", _heap.Dict(("run", common.Node)));
        _heap.Route("GET", "/x", Function("endpoint", "2 Call local:recorder.record", "3 Call local:thing.run").Node);

        RoutesTo(rare).ShouldBe(["GET /x 1"]);
        RoutesTo(commons[0]).ShouldBeEmpty();
    }

    [Fact]
    public void A_method_named_like_a_dicts_counts_only_where_the_object_is_known()
    {
        var get = Function("PageCache.get");
        _names.Add(("pages", _heap.Instance("app.PageCache", _heap.Class("app.PageCache", _heap.Dict(("get", get.Node))))));
        _heap.Route("GET", "/known", Function("known", "2 Call pages.get").Node);
        _heap.Route("GET", "/unknown", Function("unknown", "2 Call local:pages.get").Node);

        RoutesTo(get).ShouldBe(["GET /known 1"]);
    }

    [Fact]
    public void A_decorated_endpoint_reaches_what_it_wraps()
    {
        var inner = Function("inner");
        var wrapper = _heap.Function(_heap.Code("decorator.<locals>.wrapper", "/srv/d.py", 3, Uses("4 Call cell:function")), _globals, _heap.Tuple(_heap.Cell(inner.Node)));
        _heap.Route("GET", "/x", wrapper);

        RoutesTo(inner).ShouldBe(["GET /x 1"]);
    }

    [Fact]
    public void What_middleware_reaches_runs_for_every_request()
    {
        var note = Function("note");
        var call = Function("Audit.__call__", "3 Call note");
        _heap.Route("ANY", "*", _heap.Class("app.Audit", _heap.Dict(("__call__", call.Node))));
        _heap.Route("GET", "/x", Function("endpoint", "3 Call note").Node);

        RoutesTo(note).ShouldBe(["every request 1"]);
    }

    [Fact]
    public void Functions_that_call_each_other_end_and_far_ones_are_not_reached()
    {
        var chain = Enumerable.Range(0, 12).Select(i => Function($"f{i}", $"1 Call f{i + 1}", "2 Call f0")).ToList();
        _heap.Route("GET", "/x", chain[0].Node);

        RoutesTo(chain[8]).ShouldBe(["GET /x 8"]);
        RoutesTo(chain[9]).ShouldBeEmpty();
    }

    [Fact]
    public void Library_code_is_not_gone_through()
    {
        var own = Function("own");
        var library = _heap.Function(_heap.Code("lib", "/usr/lib/python3/dist-packages/lib.py", 1, Uses("2 Call own")), _globals);
        _names.Add(("lib", library));
        _heap.Route("GET", "/x", Function("endpoint", "3 Call lib").Node);

        RoutesTo(own).ShouldBeEmpty();
    }

    private (NodeId Node, NodeId Code) Function(string name, params string[] uses)
    {
        var code = _heap.Code(name, "/srv/app.py", 1, Uses(uses));
        var function = _heap.Function(code, _globals);
        if (!name.Contains('.', StringComparison.Ordinal))
            _names.Add((name, function));
        return (function, code);
    }

    private List<string> RoutesTo((NodeId Node, NodeId Code) function)
    {
        _heap.Fill(_globals, [.. _names]);
        return [.. new EndpointFinder(new ProgramIndex(_heap.Graph)).RoutesTo([function.Code]).Select(route => $"{route.Name} {route.Calls}")];
    }
}
