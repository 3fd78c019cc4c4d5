using LeakySpanner.Analysis.Diagnosis;
using LeakySpanner.Analysis.Growth;
using LeakySpanner.Analysis.Retention;
using LeakySpanner.Model;
using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Heap;
using LeakySpanner.Testing.Heaps;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Analysis.Diagnosis;

public sealed class DiagnoserTests
{
    private const int Large = 50_000;
    private readonly WatchedProcess _process = new();

    private HeapSketch Heap => _process.Heap;

    [Fact]
    public void A_cache_that_grows_is_a_leak_with_its_name_pace_and_share()
    {
        var cache = Heap.Module("app.cache").Dict("results_cache").WithTexts(20, Large);

        var diagnosis = _process.Diagnose(_ => cache.WithTexts(60, Large));

        diagnosis.Verdict.Outcome.ShouldBe(Outcome.Leak);
        var suspect = diagnosis.Suspects.ShouldHaveSingleItem();
        suspect.Kind.ShouldBe(SuspectKind.Container);
        suspect.Name.ShouldBe("app.cache.results_cache");
        suspect.Path.ShouldBe(["module app.cache", "results_cache"]);
        suspect.ObjectsPerMinute!.Value.ShouldBe(360, 1);
        suspect.ShareOfGrowth!.Value.ShouldBeGreaterThan(0.95);
        suspect.RetainedBytes!.Value.ShouldBeGreaterThan(560 * Large);
        suspect.BytesPerMinute!.Value.ShouldBe(360.0 * (Large + 49 + 58 + 24), 360 * 2000);
        suspect.IsExpected.ShouldBeFalse();
    }

    [Fact]
    public void Of_a_process_that_was_killed_the_censuses_name_the_container_that_grew()
    {
        var cache = Heap.Module("app.cache").Dict("results_cache").WithTexts(20, Large);
        var evidence = _process.Watch(_ => cache.WithTexts(60, Large));
        var first = _process.Heap.Snapshot();

        var diagnosis = Diagnoser.Diagnose(evidence with { After = null, Balance = [], Names = ContainerNames.Of(first.Graph, RootPaths.Compute(first.Graph)) });

        diagnosis.Verdict.Outcome.ShouldBe(Outcome.Leak);
        var suspect = diagnosis.Suspects.ShouldHaveSingleItem();
        suspect.Name.ShouldBe("app.cache.results_cache");
        suspect.Path.ShouldBe(["module app.cache", "results_cache"]);
        suspect.ObjectsPerMinute!.Value.ShouldBe(360, 1);
        suspect.RetainedBytes.ShouldBeNull();
        suspect.AllocatedAt.ShouldBeEmpty();
        suspect.Explanation!.ShouldContain("560 entries");
    }

    [Fact]
    public void Two_leaks_are_ranked_by_their_share()
    {
        var small = Heap.Module("app").List("history");
        var large = Heap.Module("app").Instance("state", "app.State").Set("seen");

        var diagnosis = _process.Diagnose(_ =>
        {
            small.WithTexts(20, Large);
            large.WithTexts(60, Large);
        });

        diagnosis.Suspects.Select(suspect => suspect.Name).ShouldBe(["app.state.seen", "app.history"]);
        diagnosis.Suspects[0].ShareOfGrowth!.Value.ShouldBe(0.75, 0.05);
    }

    [Fact]
    public void A_cache_that_rotates_is_no_leak()
    {
        var cache = Heap.Module("app.cache").Dict("lru").WithTexts(500, Large);

        var diagnosis = _process.Diagnose(_ => cache.Drop(100).WithTexts(100, Large));

        diagnosis.Verdict.Outcome.ShouldBe(Outcome.NoLeak);
        diagnosis.Suspects.ShouldBeEmpty();
    }

    [Fact]
    public void Requests_in_flight_are_no_leak()
    {
        var active = Heap.Module("server").Set("connections");

        var diagnosis = _process.Diagnose(step =>
        {
            active.Drop(active.Length);
            active.WithTexts(20 + (step % 3), Large);
        });

        diagnosis.Verdict.Outcome.ShouldNotBe(Outcome.Leak);
        diagnosis.Suspects.ShouldNotContain(suspect => !suspect.IsExpected && suspect.Kind == SuspectKind.Container);
    }

    [Fact]
    public void A_bounded_deque_that_fills_is_expected_and_no_leak()
    {
        var recent = Heap.Module("app").Deque("recent", maxlen: 1000);

        var diagnosis = _process.Diagnose(_ => recent.WithTexts(60, Large));

        diagnosis.Verdict.Outcome.ShouldBe(Outcome.NoLeak);
        diagnosis.Suspects.ShouldHaveSingleItem().IsExpected.ShouldBeTrue();
        diagnosis.Suspects[0].Explanation!.ShouldContain("1,000");
    }

    [Fact]
    public void Modules_imported_while_it_warms_up_are_no_leak()
    {
        var diagnosis = _process.Diagnose(step =>
        {
            if (step <= 3)
                Heap.Module($"vendor{step}").List("tables").WithTexts(40, Large);
        });

        diagnosis.Verdict.Outcome.ShouldNotBe(Outcome.Leak);
    }

    [Fact]
    public void Growth_that_timers_hold_is_no_leak()
    {
        var scheduled = Heap.Module("asyncio.events").Instance("loop", "asyncio.Loop").List("_scheduled");

        var diagnosis = _process.Diagnose(_ =>
        {
            for (var i = 0; i < 60; i++)
                scheduled.With(Heap.New("asyncio.events.TimerHandle", ObjectKind.Instance).Field("_args", Heap.NewText(Large)));
        });

        diagnosis.Verdict.Outcome.ShouldBe(Outcome.NoLeak);
        diagnosis.Verdict.Reason.ShouldContain("end by itself");
        diagnosis.Suspects.ShouldHaveSingleItem().IsExpected.ShouldBeTrue();
    }

    [Fact]
    public void Tasks_that_never_end_are_named_by_their_coroutine()
    {
        var running = Heap.Module("app.jobs").Set("running");

        var diagnosis = _process.Diagnose(_ =>
        {
            for (var i = 0; i < 30; i++)
            {
                var coroutine = Heap.NewCoroutine("app.jobs.poll");
                coroutine.Bind("rows", Heap.NewText(Large));
                running.With(Heap.NewTask(coroutine));
            }
        });

        diagnosis.Verdict.Outcome.ShouldBe(Outcome.Leak);
        var suspect = diagnosis.Suspects[0];
        suspect.Kind.ShouldBe(SuspectKind.Task);
        suspect.Name.ShouldBe("app.jobs.poll");
        suspect.Path.ShouldBe(["module app.jobs", "running"]);
        suspect.ObjectsPerMinute!.Value.ShouldBe(180, 5);
    }

    [Fact]
    public void A_chain_that_becomes_longer_is_named_by_its_head()
    {
        var tracer = Heap.Module("app.tracing").Instance("tracer", "app.tracing.Tracer");
        tracer.Field("last", Heap.NewInstance("app.tracing.Span"));

        var diagnosis = _process.Diagnose(_ =>
        {
            for (var i = 0; i < 60; i++)
            {
                var last = tracer.Fields.Single(field => field.Name == "last").Target;
                tracer.Field("last", Heap.NewInstance("app.tracing.Span").Field("previous", last).Field("text", Heap.NewText(Large)));
            }
        });

        diagnosis.Verdict.Outcome.ShouldBe(Outcome.Leak);
        diagnosis.Suspects[0].Name.ShouldBe("app.tracing.tracer.last");
        diagnosis.Suspects[0].Pattern.ShouldBe("linked_objects");
    }

    [Fact]
    public void Small_native_growth_beside_a_container_that_levels_off_carries_no_verdict()
    {
        _process.Beside = step => (step * ByteSize.MB, 4, 20);
        var shelves = Heap.Module("app").Dict("shelves");

        var diagnosis = _process.Diagnose(step => shelves.WithTexts(step <= 5 ? 80 : 4, Large));

        diagnosis.Verdict.Outcome.ShouldNotBe(Outcome.Leak);
    }

    [Fact]
    public void Types_that_grow_without_one_container_are_suspects()
    {
        var parts = Enumerable.Range(0, 100).Select(i => Heap.Module($"plugin{i}").List("items")).ToArray();

        var diagnosis = _process.Diagnose(_ =>
        {
            foreach (var part in parts)
                part.WithTexts(1, Large);
        });

        diagnosis.Verdict.Outcome.ShouldBe(Outcome.Leak);
        diagnosis.Suspects[0].Kind.ShouldBe(SuspectKind.Type);
        diagnosis.Suspects[0].Name.ShouldBe("str");
    }

    [Fact]
    public void Cycles_pile_up_where_the_collector_is_off()
    {
        _process.Collector = new(false, [100, 9, 1], [700, 10, 10], [0, 0, 0]);

        var diagnosis = _process.Diagnose(_ => MakeCycles(60));

        diagnosis.Verdict.Outcome.ShouldBe(Outcome.Leak);
        var suspect = diagnosis.Suspects.ShouldHaveSingleItem();
        suspect.Kind.ShouldBe(SuspectKind.Garbage);
        suspect.Pattern.ShouldBe("collector_disabled");
        suspect.Fix.ShouldBe("gc.enable()");
    }

    [Fact]
    public void Cycles_that_await_an_ordinary_collection_are_no_leak()
    {
        var diagnosis = _process.Diagnose(_ => MakeCycles(60));

        diagnosis.Verdict.Outcome.ShouldBe(Outcome.NoLeak);
        diagnosis.Suspects.ShouldHaveSingleItem().IsExpected.ShouldBeTrue();
    }

    [Fact]
    public void Objects_that_nothing_refers_to_and_nobody_frees_are_a_native_leak()
    {
        var diagnosis = _process.Diagnose(_ =>
        {
            for (var i = 0; i < 60; i++)
                Heap.Garbage(Heap.NewText(Large));
        });

        diagnosis.Verdict.Outcome.ShouldBe(Outcome.Leak);
        diagnosis.Suspects[0].Kind.ShouldBe(SuspectKind.Native);
        diagnosis.Suspects[0].Type.ShouldBe("str");
        diagnosis.Suspects[0].Pattern.ShouldBe("reference_count_leak");
    }

    [Fact]
    public void Native_growth_that_no_object_explains_is_said()
    {
        _process.Beside = step => (step * 3 * ByteSize.MB, 4, 20);

        var diagnosis = _process.Diagnose(_ => { });

        diagnosis.Verdict.Outcome.ShouldBe(Outcome.Leak);
        diagnosis.Suspects.ShouldHaveSingleItem().Kind.ShouldBe(SuspectKind.Native);
        diagnosis.Suspects[0].Pattern.ShouldBe("native_growth");
    }

    [Fact]
    public void Threads_and_descriptors_that_become_more_are_suspects()
    {
        _process.Beside = step => (0, 4 + step, 20 + (3 * step));

        var diagnosis = _process.Diagnose(_ => { });

        diagnosis.Suspects.Select(suspect => suspect.Kind).ShouldBe([SuspectKind.FileDescriptor, SuspectKind.Thread], ignoreOrder: true);
        diagnosis.Suspects.Single(suspect => suspect.Kind == SuspectKind.Thread).ObjectsPerMinute!.Value.ShouldBe(6, 0.1);
        diagnosis.Suspects.Single(suspect => suspect.Kind == SuspectKind.FileDescriptor).ObjectsPerMinute!.Value.ShouldBe(18, 0.1);
    }

    [Fact]
    public void Nothing_that_was_seen_gives_no_verdict_but_an_answer()
    {
        var facts = new ProcessFacts("x", 1, "x", "CPython 3.11.2", null, ByteSize.Zero, null, null);

        var diagnosis = Diagnoser.Diagnose(new Evidence { Process = facts });

        diagnosis.Verdict.Outcome.ShouldBe(Outcome.TooEarlyToTell);
        diagnosis.Suspects.ShouldBeEmpty();
    }

    [Fact]
    public void What_shares_are_taken_of_is_said_where_objects_took_free_memory()
    {
        var cache = Heap.Module("app").Dict("cache");
        var evidence = _process.Watch(_ => cache.WithTexts(60, Large));

        var flat = evidence with { Memory = [.. evidence.Memory.Select(sample => sample with { Anonymous = ByteSize.FromMB(120) })] };

        var diagnosis = Diagnoser.Diagnose(flat);
        diagnosis.Notes.ShouldContain(note => note.Contains("memory that was free already", StringComparison.Ordinal));
    }

    private void MakeCycles(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var node = Heap.NewInstance("app.Node");
            Heap.Garbage(node.Field("self", node).Field("payload", Heap.NewText(Large)));
        }
    }
}
