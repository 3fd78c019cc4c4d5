using LeakySpanner.Analysis.Attribution;
using LeakySpanner.Model.Heap;
using LeakySpanner.Testing.Heaps;
using Shouldly;
using Xunit;
using static LeakySpanner.Tests.Analysis.Attribution.Written;

namespace LeakySpanner.Tests.Analysis.Attribution;

public sealed class SiteFinderTests
{
    private readonly ProgramHeap _heap = new();

    [Fact]
    public void A_global_is_found_in_its_module_and_under_another_name_where_it_was_imported()
    {
        var cache = _heap.Container("dict", ObjectKind.Mapping, 10);
        var other = _heap.Container("dict", ObjectKind.Mapping, 1);
        Module("app.cache", [("results_cache", cache)], ("search", "/srv/app/cache.py", Uses("42 Add results_cache []=")));
        Module("app.admin", [("known", cache)], ("warm", "/srv/app/admin.py", Uses("7 Add known update")));
        Module("app.other", [("results_cache", other)], ("unrelated", "/srv/app/other.py", Uses("9 Add results_cache []=")));

        Fills(cache).ShouldBe(["app/admin.py:7 warm", "app/cache.py:42 search"]);
    }

    [Fact]
    public void A_global_is_found_through_its_module()
    {
        var cache = _heap.Container("dict", ObjectKind.Mapping, 10);
        var module = _heap.Module("app.store", ("CACHE", cache));
        Module("app.api", [("store", module)], ("put", "/srv/api.py", Uses("3 Add store.CACHE []=")));

        Fills(cache).ShouldBe(["api.py:3 put"]);
    }

    [Fact]
    public void An_attribute_of_self_is_told_from_that_of_another_class()
    {
        var items = _heap.Container("list", ObjectKind.Sequence, 10);
        var (mine, others) = (Method("Registry.add", "/srv/a.py", "5 Add self.items append"), Method("Basket.add", "/srv/b.py", "6 Add self.items append"));
        var registry = _heap.Class("app.Registry", _heap.Dict(("add", mine)));
        _heap.Class("app.Basket", _heap.Dict(("add", others)));
        _heap.Instance("app.Registry", registry, ("items", items));

        Fills(items).ShouldBe(["a.py:5 Registry.add"]);
    }

    [Fact]
    public void A_method_of_a_base_class_counts()
    {
        var items = _heap.Container("list", ObjectKind.Sequence, 10);
        var basis = _heap.Class("app.Base", _heap.Dict(("add", Method("Base.add", "/srv/a.py", "5 Add self.items append"))));
        var derived = _heap.Class("app.Derived", _heap.Dict(), basis);
        _heap.Instance("app.Derived", derived, ("items", items));

        Fills(items).ShouldBe(["a.py:5 Base.add"]);
    }

    [Fact]
    public void An_attribute_behind_a_parameter_fits_by_the_names_on_the_way()
    {
        var cache = _heap.Container("dict", ObjectKind.Mapping, 10);
        var unrelated = _heap.Container("dict", ObjectKind.Mapping, 1);
        var state = _heap.Instance("starlette.datastructures.State", ("_state", _heap.Dict(("cache", cache))));
        _heap.Instance("fastapi.applications.FastAPI", ("state", state));
        _heap.Instance("app.Worker", ("cache", unrelated));
        Module("app.api", [], ("search", "/srv/api.py", Uses("12 Add local:request.app.state.cache []=")), ("work", "/srv/work.py", Uses("4 Add local:worker.cache []=")));

        Fills(cache).ShouldBe(["api.py:12 search"]);
    }

    [Fact]
    public void What_a_state_object_lends_is_found_from_a_global_application()
    {
        var cache = _heap.Container("dict", ObjectKind.Mapping, 10);
        var state = _heap.Instance("starlette.datastructures.State", ("_state", _heap.Dict(("cache", cache))));
        var app = _heap.Instance("fastapi.applications.FastAPI", ("state", state));
        Module("app.api", [("app", app)], ("search", "/srv/api.py", Uses("12 Add app.state.cache []=")));

        Find(cache).Fills.Single().Certainty.ShouldBe(SiteCertainty.Identical);
    }

    [Fact]
    public void A_closures_variable_is_found_by_its_cell()
    {
        var store = _heap.Container("dict", ObjectKind.Mapping, 10);
        var globals = _heap.Dict();
        _heap.Function(_heap.Code("outer.<locals>.f", "/srv/a.py", 4, Uses("5 Add cell:store []=")), globals, _heap.Tuple(_heap.Cell(store)));
        var elsewhere = _heap.Container("dict", ObjectKind.Mapping, 1);
        _heap.Function(_heap.Code("other.<locals>.f", "/srv/b.py", 4, Uses("6 Add cell:store []=")), globals, _heap.Tuple(_heap.Cell(elsewhere)));

        Fills(store).ShouldBe(["a.py:5 outer.<locals>.f"]);
    }

    [Fact]
    public void A_default_argument_and_a_class_attribute_are_found()
    {
        var (seen, shared) = (_heap.Container("list", ObjectKind.Sequence, 10), _heap.Container("list", ObjectKind.Sequence, 10));
        _heap.Function(_heap.Code("collect", "/srv/a.py", 1, Uses("2 Add local:seen append")), _heap.Dict(), defaults: _heap.Tuple(seen));
        _heap.Class("app.Pool", _heap.Dict(("items", shared), ("add", Method("Pool.add", "/srv/b.py", "6 Add cls.items append"))));

        Fills(seen).ShouldBe(["a.py:2 collect"]);
        Fills(shared).ShouldBe(["b.py:6 Pool.add"]);
    }

    [Fact]
    public void An_item_of_a_dict_is_filled_through_the_dict()
    {
        var bucket = _heap.Container("list", ObjectKind.Sequence, 10);
        var groups = _heap.Dict(("somebody", bucket));
        Module("app", [("GROUPS", groups)], ("f", "/srv/a.py", Uses("3 Add GROUPS setdefault", "4 Add GROUPS[] append")));

        Fills(bucket).ShouldBe(["a.py:4 f"]);
        Fills(groups).ShouldBe(["a.py:3 f"]);
    }

    [Fact]
    public void A_defaultdict_grows_where_it_is_read()
    {
        var groups = _heap.Container("collections.defaultdict", ObjectKind.Mapping, 3);
        Module("app", [("GROUPS", groups)], ("f", "/srv/a.py", Uses("4 Add GROUPS[] append")));

        Fills(groups).ShouldBe(["a.py:4 f"]);
    }

    [Fact]
    public void A_queues_deque_is_filled_where_the_application_puts()
    {
        var deque = _heap.Container("collections.deque", ObjectKind.Queue, 9);
        var type = _heap.Class("asyncio.queues.Queue", _heap.Dict(("_put", Method("Queue._put", "/usr/lib/python3.11/asyncio/queues.py", "50 Add self._queue append"))));
        var queue = _heap.Instance("asyncio.queues.Queue", type, ("_queue", deque));
        Module("app", [("EVENTS", queue)], ("f", "/srv/a.py", Uses("4 Add EVENTS put_nowait")));

        Fills(deque)[0].ShouldBe("a.py:4 f");
    }

    [Fact]
    public void What_a_librarys_class_could_do_is_no_evidence()
    {
        const string library = "/usr/lib/python3.11/collections/__init__.py";
        var type = _heap.Class("collections.Counter", _heap.Dict(("__delitem__", Method("Counter.__delitem__", library, "729 Remove self __delitem__"))));
        var sold = _heap.Instance("collections.Counter", type);
        Module("app", [("SOLD", sold)], ("f", "/srv/a.py", Uses("4 Add SOLD []=")));

        Find(sold).Eviction.ShouldBe(Eviction.None);
        Fills(sold).ShouldBe(["a.py:4 f"]);
    }

    [Fact]
    public void A_memoized_function_is_its_own_site()
    {
        var store = _heap.Container("dict", ObjectKind.Mapping, 10);
        var function = _heap.Function(_heap.Code("price", "/srv/a.py", 17), _heap.Dict());
        _heap.Memo(store, function);

        Fills(store).ShouldBe(["a.py:17 price"]);
    }

    [Fact]
    public void A_local_of_a_waiting_coroutine_is_found()
    {
        var rows = _heap.Container("list", ObjectKind.Sequence, 10);
        var poll = _heap.Function(_heap.Code("poll", "/srv/a.py", 1, Uses("8 Add local:rows append")), _heap.Dict());
        _heap.Coroutine("coroutine app.poll", poll, ("rows", rows));
        _heap.Function(_heap.Code("other", "/srv/b.py", 1, Uses("9 Add local:rows append")), _heap.Dict());

        Fills(rows).ShouldBe(["a.py:8 poll"]);
    }

    [Theory]
    [InlineData(Eviction.None, "3 Add LOG append")]
    [InlineData(Eviction.None, "3 Add LOG append", "4 Measure LOG len")]
    [InlineData(Eviction.Paired, "3 Add LOG append", "4 Remove LOG remove")]
    [InlineData(Eviction.Paired, "3 Add LOG append", "4 Evict LOG clear")]
    [InlineData(Eviction.Bounded, "3 Add LOG append", "4 Measure LOG len", "5 Evict LOG pop")]
    [InlineData(Eviction.Bounded, "3 Add LOG append", "5 Evict LOG [:]")]
    public void Judges_what_takes_entries_out(Eviction expected, params string[] uses)
    {
        var log = _heap.Container("list", ObjectKind.Sequence, 10);
        Module("app", [("LOG", log)], ("f", "/srv/a.py", Uses(uses)));

        var report = Find(log);
        report.Eviction.ShouldBe(expected);
        report.EvictedAt?.Line.ShouldBe(uses.Length == 2 && expected == Eviction.Paired ? 4 : 5);
    }

    [Fact]
    public void A_container_that_bounds_itself_is_bounded()
    {
        var log = _heap.Container("collections.deque", ObjectKind.Queue, 10);
        _heap.SetBound(log, 100);
        Module("app", [("LOG", log)], ("f", "/srv/a.py", Uses("3 Add LOG append")));

        Find(log).Eviction.ShouldBe(Eviction.Bounded);
    }

    [Fact]
    public void Storing_into_a_list_does_not_lengthen_it()
    {
        var rows = _heap.Container("list", ObjectKind.Sequence, 10);
        Module("app", [("ROWS", rows)], ("f", "/srv/a.py", Uses("3 Add ROWS []=")), ("g", "/srv/a.py", Uses("9 Add ROWS append")));

        Fills(rows).ShouldBe(["a.py:9 g"]);
    }

    [Fact]
    public void Nothing_is_said_of_what_nobody_names()
    {
        var report = Find(_heap.Container("dict", ObjectKind.Mapping, 10));
        report.Fills.ShouldBeEmpty();
        report.Removals.ShouldBeEmpty();
        report.Eviction.ShouldBe(Eviction.None);
    }

    private void Module(string name, (string, NodeId)[] names, params (string Name, string File, CodeUse[] Uses)[] functions)
    {
        var globals = _heap.Namespace();
        var made = functions.Select(function => (function.Name, _heap.Function(_heap.Code(function.Name, function.File, 1, function.Uses), globals)));
        _heap.Fill(globals, [.. names, .. made]);
        _heap.ModuleOf(name, globals);
    }

    private NodeId Method(string name, string file, params string[] uses) => _heap.Function(_heap.Code(name, file, 1, Uses(uses)), _heap.Dict());

    private SiteReport Find(NodeId container) => new SiteFinder(new ProgramIndex(_heap.Graph), "/srv").Find(container);

    private List<string> Fills(NodeId container) =>
        [.. Find(container).Fills.Select(fill => $"{fill.Site.File}:{fill.Site.Line} {fill.Site.Function}")];
}
