using LeakySpanner.Analysis.Attribution;
using LeakySpanner.Model.Heap;
using LeakySpanner.Testing.Heaps;
using Shouldly;
using Xunit;
using static LeakySpanner.Tests.Analysis.Attribution.Written;

namespace LeakySpanner.Tests.Analysis.Attribution;

public sealed class FixAdvisorTests
{
    private readonly ProgramHeap _heap = new();

    [Theory]
    [InlineData("dict", ObjectKind.Mapping, "results_cache", "unbounded_cache", "results_cache = cachetools.TTLCache(maxsize=1000, ttl=3600)")]
    [InlineData("dict", ObjectKind.Mapping, "SESSIONS", "sessions_never_expire", "SESSIONS = cachetools.TTLCache(maxsize=10000, ttl=1800)")]
    [InlineData("list", ObjectKind.Sequence, "LOG_HISTORY", "growing_list", "LOG_HISTORY = collections.deque(maxlen=10000)")]
    [InlineData("set", ObjectKind.Set, "seen_ids", "growing_set", "seen_ids = cachetools.TTLCache(maxsize=100000, ttl=3600)  # values as keys")]
    [InlineData("collections.deque", ObjectKind.Queue, "events", "growing_deque", "events = collections.deque(maxlen=10000)")]
    [InlineData("set", ObjectKind.Set, "background_tasks", "tasks_never_forgotten", "task.add_done_callback(background_tasks.discard)")]
    [InlineData("list", ObjectKind.Sequence, "listeners", "listeners_never_removed", "listeners = weakref.WeakSet()  # or remove the listener in a finally block")]
    public void Names_pattern_and_fix_of_what_is_never_emptied(string type, ObjectKind kind, string name, string pattern, string fix)
    {
        var container = _heap.Container(type, kind, 10);
        _heap.Module("app", (name, container));

        var advice = Advise(container, "app." + name);
        (advice.Pattern, advice.Fix).ShouldBe((pattern, fix));
        advice.IsExpected.ShouldBeFalse();
    }

    [Fact]
    public void A_container_under_its_own_bound_is_expected_to_grow_to_it()
    {
        var container = _heap.Container("collections.deque", ObjectKind.Queue, 10);
        _heap.SetBound(container, 5000);

        var advice = Advise(container, "app.recent");
        advice.IsExpected.ShouldBeTrue();
        advice.Explanation.ShouldContain("5,000");
    }

    [Fact]
    public void A_default_argument_says_so()
    {
        var seen = _heap.Container("list", ObjectKind.Sequence, 10);
        _heap.Function(_heap.Code("collect", "/srv/a.py", 1, Uses("2 Add local:seen append")), _heap.Dict(), defaults: _heap.Tuple(seen));

        var advice = Advise(seen, "app.collect.seen");
        advice.Pattern.ShouldBe("mutable_default_argument");
        advice.Fix.ShouldBe("def ...(seen=None): seen = [] if seen is None else seen");
    }

    [Fact]
    public void A_removal_elsewhere_is_pointed_at()
    {
        var open = _heap.Container("dict", ObjectKind.Mapping, 10);
        var globals = _heap.Namespace();
        var add = _heap.Function(_heap.Code("connect", "/srv/a.py", 1, Uses("12 Add OPEN []=")), globals);
        var remove = _heap.Function(_heap.Code("disconnect", "/srv/a.py", 20, Uses("22 Remove OPEN pop")), globals);
        _heap.Fill(globals, ("OPEN", open), ("connect", add), ("disconnect", remove));
        _heap.ModuleOf("app", globals);

        var advice = Advise(open, "app.OPEN");
        advice.Pattern.ShouldBe("removal_missed");
        advice.Explanation.ShouldContain("a.py:22");
        advice.Fix!.ShouldContain("a.py:12");
    }

    [Fact]
    public void A_memoized_function_and_a_dict_of_lists_have_patterns_of_their_own()
    {
        var store = _heap.Container("dict", ObjectKind.Mapping, 10);
        _heap.Memo(store, _heap.Function(_heap.Code("price", "/srv/a.py", 17), _heap.Dict()));
        var groups = _heap.Dict(("a", _heap.Container("list", ObjectKind.Sequence, 1)), ("b", _heap.Container("list", ObjectKind.Sequence, 1)));

        Advise(store, "app.price").Pattern.ShouldBe("unbounded_memoization");
        Advise(groups, "app.groups").Pattern.ShouldBe("growing_groups");
    }

    [Theory]
    [InlineData("dict 0x7f", "container = ")]
    [InlineData("app.rows[3]", "container = ")]
    [InlineData("app.Registry.entries[]", "entries = ")]
    public void What_is_no_name_is_not_written_into_code(string name, string expected) =>
        Advise(_heap.Container("dict", ObjectKind.Mapping, 1), name).Fix!.ShouldStartWith(expected);

    private Advice Advise(NodeId container, string name)
    {
        var program = new ProgramIndex(_heap.Graph);
        return new FixAdvisor(program).Advise(container, name, new SiteFinder(program, "/srv").Find(container));
    }
}
