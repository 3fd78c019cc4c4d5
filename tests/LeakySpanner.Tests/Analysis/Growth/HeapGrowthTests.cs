using LeakySpanner.Analysis.Growth;
using LeakySpanner.Analysis.Retention;
using LeakySpanner.Model.Heap;
using LeakySpanner.Testing.Heaps;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Analysis.Growth;

public sealed class HeapGrowthTests
{
    private readonly HeapSketch _heap = new();

    public HeapGrowthTests()
    {
        // What every service has: other modules, other containers, a request that is being served.
        _heap.Module("app.settings").Dict("values").WithTexts(50);
        _heap.Module("app.models").Bind("User", _heap.NewClass("app.models.User"));
    }

    [Fact]
    public void A_growing_dict_is_named_with_its_entries_and_bytes()
    {
        var cache = _heap.Module("app.cache").Dict("results_cache").WithTexts(10);

        var growth = Growth(() => cache.WithTexts(500));

        var holder = growth.Holders.ShouldHaveSingleItem();
        holder.Path.Name.ShouldBe("app.cache.results_cache");
        holder.Type.ShouldBe("dict");
        holder.NetEntries.ShouldBe(500);
        holder.NetBytes.ShouldBe(500 * (24 + 1049 + 58));
        holder.NetBytes.ShouldBe(growth.NetBytes);
        holder.Content[0].Name.ShouldBe("str");
        holder.TaskBytes.ShouldBe(0);
        growth.ScatteredTypes.ShouldBeEmpty();
    }

    [Fact]
    public void A_dict_of_growing_lists_is_the_place_not_the_lists()
    {
        var perUser = _heap.Module("app.events").Dict("by_user");
        var lists = Enumerable.Range(0, 200).Select(_ => _heap.NewList()).ToArray();
        perUser.With(lists);

        var growth = Growth(() =>
        {
            foreach (var list in lists)
                list.WithTexts(5);
        });

        growth.Holders.ShouldHaveSingleItem().Path.Name.ShouldBe("app.events.by_user");
        growth.Holders[0].NetEntries.ShouldBe(0);
    }

    [Fact]
    public void What_is_new_in_more_members_than_are_sampled_is_still_told()
    {
        var groups = _heap.Module("app.logins").Dict("by_tenant");
        var lists = Enumerable.Range(0, 50).Select(_ => _heap.NewList()).ToArray();
        groups.With(lists);

        var growth = Growth(() =>
        {
            foreach (var list in lists)
                list.WithTexts(2_500);
        });

        growth.Holders.ShouldHaveSingleItem().Content.ShouldContain(type => type.Name == "str");
    }

    [Fact]
    public void One_entry_with_most_of_the_growth_is_followed()
    {
        var shards = _heap.Module("app.store").List("shards");
        shards.With(Enumerable.Range(0, 20).Select(_ => _heap.NewDict()).ToArray());
        var hot = shards.Entries[7];

        Growth(() => hot.WithTexts(300)).Holders.ShouldHaveSingleItem().Path.Name.ShouldBe("app.store.shards[]");
    }

    [Fact]
    public void Two_leaks_in_one_module_are_two_places()
    {
        var a = _heap.Module("app").Dict("a");
        var b = _heap.Module("app").List("b");

        var growth = Growth(() => (a.WithTexts(300), b.WithTexts(200)));

        growth.Holders.Select(holder => holder.Path.Name).ShouldBe(["app.a", "app.b"]);
    }

    [Fact]
    public void A_container_made_meanwhile_is_a_place_too()
    {
        var growth = Growth(() => _heap.Module("app").Dict("late").WithTexts(300));

        growth.Holders.ShouldHaveSingleItem().Path.Name.ShouldBe("app.late");
        growth.Holders[0].IsNew.ShouldBeTrue();
        growth.Holders[0].NetEntries.ShouldBe(300);
    }

    [Fact]
    public void A_container_that_is_bound_anew_grew_by_the_difference()
    {
        var module = _heap.Module("app");
        var old = module.List("log").WithTexts(1000);

        var growth = Growth(() =>
        {
            var copy = module.List("log");
            copy.With([.. old.Entries]);
            copy.WithTexts(50);
        });

        var holder = growth.Holders.ShouldHaveSingleItem();
        holder.Path.Name.ShouldBe("app.log");
        holder.NetBytes.ShouldBe(50 * (8 + 1049));
    }

    [Fact]
    public void A_text_that_is_appended_to_is_a_place_though_it_is_no_container()
    {
        var module = _heap.Module("app");
        module.Bind("log", _heap.NewText(100_000));

        var holder = Growth(() => module.Bind("log", _heap.NewText(150_000))).Holders.ShouldHaveSingleItem();

        holder.Path.Name.ShouldBe("app.log");
        holder.NetBytes.ShouldBe(50_000);
        holder.NetEntries.ShouldBeNull();
    }

    [Fact]
    public void A_cache_of_a_library_is_shown_not_the_dict_inside()
    {
        var cache = _heap.Module("app.cache").Instance("results", "cachetools.TTLCache");
        var data = cache.Dict("_Cache__data").WithTexts(5);

        var holder = Growth(() => data.WithTexts(400)).Holders.ShouldHaveSingleItem();

        holder.Path.Name.ShouldBe("app.cache.results");
        holder.Type.ShouldBe("cachetools.TTLCache");
        holder.NetEntries.ShouldBe(400);
    }

    [Fact]
    public void A_private_attribute_of_ones_own_class_is_shown()
    {
        var data = _heap.Module("app.store").Instance("store", "app.store.Store").Dict("_rows");

        Growth(() => data.WithTexts(400)).Holders.ShouldHaveSingleItem().Path.Name.ShouldBe("app.store.store._rows");
    }

    [Fact]
    public void An_lru_cache_is_shown_with_its_bound()
    {
        var cache = _heap.NewLruCache(_heap.NewFunction("app.geo", "locate"), 4096);
        _heap.Module("app.geo").Bind("locate", cache);

        var holder = Growth(() => cache.Fields.Single(field => field.Name == "cache").Target.WithTexts(400)).Holders.ShouldHaveSingleItem();

        holder.Path.Name.ShouldBe("app.geo.locate");
        holder.Bound.ShouldBe(4096);
        holder.NetEntries.ShouldBe(400);
    }

    [Fact]
    public void A_linked_list_is_named_at_its_head()
    {
        var module = _heap.Module("app");
        module.Bind("head", _heap.NewInstance("app.Link"));

        var growth = Growth(() =>
        {
            for (var i = 0; i < 3000; i++)
            {
                var link = _heap.NewInstance("app.Link").Field("next", module.Namespace.Entries[1]);
                module.Bind("head", link);
            }
        });

        growth.Holders[0].Path.Name.ShouldBe("app.head");
        growth.Holders[0].NetBytes.ShouldBeGreaterThan(3000 * 48 - 4096);
    }

    [Fact]
    public void A_linked_list_is_named_at_its_head_even_if_a_request_stands_in_its_middle()
    {
        var module = _heap.Module("app");
        module.Bind("tracer", _heap.NewInstance("app.Tracer").Field("last", _heap.NewInstance("app.Link")));
        var tracer = module.Namespace.Entries[1];

        var growth = Growth(() =>
        {
            for (var i = 0; i < 3000; i++)
            {
                var link = _heap.NewInstance("app.Link").Field("next", tracer.Fields.Single(field => field.Name == "last").Target);
                tracer.Field("last", link);
                if (i == 2500)
                    _heap.Module("starlette.requests").Instance("current", "starlette.Scope").Bind("coroutine", _heap.NewCoroutine("app.latest")).Bind("span", link);
            }
        });

        growth.Holders.ShouldHaveSingleItem().Path.Name.ShouldBe("app.tracer.last");
        growth.Holders[0].NetBytes.ShouldBeGreaterThan(3000 * 48 - 4096);
    }

    [Fact]
    public void A_cache_that_rotates_is_no_place()
    {
        var cache = _heap.Module("app.cache").Dict("lru").WithTexts(1000);

        var growth = Growth(() => cache.Drop(400).WithTexts(400));

        growth.Holders.ShouldBeEmpty();
        growth.NetBytes.ShouldBe(0);
        growth.Types.ShouldBeEmpty();
    }

    [Fact]
    public void Requests_in_flight_of_like_number_are_no_growth()
    {
        var frame = _heap.Frame("MainThread", "uvicorn.serve");
        var requests = frame.Set("connections").WithTexts(40, 5000);

        Growth(() => requests.Drop(40).WithTexts(40, 5000)).Holders.ShouldBeEmpty();
    }

    [Fact]
    public void What_only_changes_its_holder_is_no_growth()
    {
        var inbox = _heap.Module("app").List("inbox").WithTexts(500);
        var done = _heap.Module("app").List("done");

        var growth = Growth(() =>
        {
            done.With([.. inbox.Entries]);
            inbox.Drop(500);
        });

        growth.Holders.ShouldBeEmpty();
        growth.NetBytes.ShouldBe(0);
    }

    [Fact]
    public void New_tasks_are_told_apart_from_other_content()
    {
        var tasks = _heap.Module("app.jobs").Set("running");

        var growth = Growth(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                var coroutine = _heap.NewCoroutine("app.jobs.poll");
                coroutine.Bind("rows", _heap.NewText(2000));
                tasks.With(_heap.NewTask(coroutine));
            }
        });

        var holder = growth.Holders.ShouldHaveSingleItem();
        holder.Tasks.ShouldBe(100);
        (holder.TaskBytes / (double)holder.NetBytes).ShouldBeGreaterThan(0.95);
        growth.Types.ShouldContain(type => type.Name == "coroutine app.jobs.poll" && type.Objects == 100);
    }

    [Fact]
    public void What_waits_for_a_timer_is_marked()
    {
        var scheduled = _heap.Module("asyncio.events").Instance("loop", "uvloop.Loop").List("_scheduled");

        var growth = Growth(() =>
        {
            for (var i = 0; i < 100; i++)
                scheduled.With(_heap.New("asyncio.events.TimerHandle", ObjectKind.Instance).Field("_args", _heap.NewText(3000)));
        });

        var holder = growth.Holders.ShouldHaveSingleItem();
        (holder.TimerBytes / (double)holder.NetBytes).ShouldBeGreaterThan(0.95);
    }

    [Fact]
    public void Types_without_one_container_are_listed_as_scattered()
    {
        var records = Enumerable.Range(0, 400).Select(i => _heap.Module($"plugin{i}").Instance("state", "plugins.State")).ToArray();

        var growth = Growth(() =>
        {
            foreach (var record in records)
                record.Bind("buffer", _heap.NewText(500));
        });

        growth.Holders.ShouldBeEmpty();
        growth.ScatteredTypes[0].Name.ShouldBe("str");
        growth.ScatteredTypes[0].Objects.ShouldBe(401);
    }

    [Fact]
    public void The_same_new_objects_in_a_second_container_are_mentioned()
    {
        var first = _heap.Module("app").Dict("by_id");
        var second = _heap.Module("app").Instance("index", "app.Index").List("rows");

        var growth = Growth(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                var user = _heap.NewInstance("app.models.User");
                user.Bind("name", _heap.NewText(500));
                first.With(user);
                second.With(user);
            }
        });

        growth.Holders[0].Path.Name.ShouldBe("app.by_id");
        growth.Holders[0].AlsoHeldBy.ShouldBe(["app.index.rows"]);
    }

    [Fact]
    public void Cycles_without_a_root_are_garbage_and_single_objects_are_detached()
    {
        var growth = Growth(() =>
        {
            for (var i = 0; i < 50; i++)
            {
                var node = _heap.NewInstance("app.Node");
                node.Field("self", node).Field("payload", _heap.NewText(1000));
                _heap.Garbage(node);
            }

            _heap.Garbage(_heap.NewText(7000));
        });

        growth.Unreachable.NetObjects.ShouldBe(101);
        growth.Unreachable.NetCyclicBytes.ShouldBe(50 * (48 + 1049));
        growth.Unreachable.DetachedBytes.ShouldBe(7049);
        growth.Unreachable.DetachedTypes.ShouldHaveSingleItem().Name.ShouldBe("str");
        growth.NetBytes.ShouldBe(0);
    }

    private HeapGrowth Growth(Func<object> change) => Growth(() => { change(); });

    private HeapGrowth Growth(Action change)
    {
        var first = _heap.Snapshot();
        var before = HeapBaseline.Of(first, RootPaths.Compute(first.Graph));
        change();
        var after = _heap.Snapshot(TimeSpan.FromSeconds(60));
        return HeapGrowth.Between(before, after, RootPaths.Compute(after.Graph));
    }
}
