using LeakySpanner.CPython.Census;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.Model;
using LeakySpanner.Model.Usage;
using LeakySpanner.Testing.Python;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.CPython.Census;

public sealed class CensusTakerTests
{
    private readonly FakePython _fake = new();

    private HeapCensus Take(params Address[] tracked) =>
        new CensusTaker(PythonProcess.Attach(_fake)).Take(TimeSpan.FromSeconds(3), tracked.ToHashSet());

    private static TypeCount Row(HeapCensus census, string type) => census.Types.FirstOrDefault(row => row.Name == type);

    [Fact]
    public void Objects_are_counted_by_type_buffers_and_free_blocks_are_not()
    {
        var user = _fake.Class("app", "User");
        var before = Take();
        for (var i = 0; i < 500; i++)
        {
            _fake.Instance(user);
            _fake.List(_fake.Real(i), _fake.Text("k"));
            _fake.Delete(_fake.Dict(), _fake.DictType);
        }

        var after = Take();

        Row(after, "app.User").ShouldBe(new TypeCount("app.User", 500, 500 * 48));
        Row(after, "float").ShouldBe(new TypeCount("float", 500, 500 * 32));
        (Row(after, "list").Count - Row(before, "list").Count).ShouldBe(500);
        (Row(after, "str").Count - Row(before, "str").Count).ShouldBe(500);
        (Row(after, "dict").Count - Row(before, "dict").Count).ShouldBe(0);
        after.Coverage.Faults.ShouldBeEmpty();
        after.Coverage.ObjectsSeen.ShouldBe(after.Types.Sum(row => row.Count));
        after.At.ShouldBe(TimeSpan.FromSeconds(3));
        after.LiveBytes.ShouldBeLessThan(after.ArenaBytes);
    }

    [Fact]
    public void Types_come_by_bytes()
    {
        for (var i = 0; i < 100; i++)
            _fake.Real(i);

        Take().Types.Select(row => row.Bytes).ShouldBeInOrder(SortDirection.Descending);
    }

    [Fact]
    public void Two_classes_of_one_name_are_one_row()
    {
        _fake.Instance(_fake.Class("app", "Row"));
        _fake.Instance(_fake.Class("app", "Row"));

        Take().Types.Where(row => row.Name == "app.Row").ShouldHaveSingleItem().Count.ShouldBe(2);
    }

    [Fact]
    public void Longer_containers_are_listed_with_their_length()
    {
        var cache = _fake.Class("app", "Cache", managedDict: false, basicSize: _fake.Layout.Dict.Size, parent: _fake.DictType, flags: 1UL << 29);
        var long1 = _fake.Dict(cache, [.. Enumerable.Range(0, 40).Select(i => (_fake.Text("k"), _fake.Real(i)))]);
        var long2 = _fake.List([.. Enumerable.Range(0, 33).Select(i => _fake.Real(i))]);
        var deque = _fake.New(_fake.DequeType, 96);
        _fake.Memory.Write(deque + 16, 1000UL);
        _fake.List([.. Enumerable.Range(0, 31).Select(i => _fake.Real(i))]);

        Take().Containers.ShouldBe(
            [new(deque, "collections.deque", 1000), new(long1, "app.Cache", 40), new(long2, "list", 33)]);
    }

    [Fact]
    public void A_tracked_container_is_listed_however_short()
    {
        var small = _fake.List(_fake.Real(1));

        Take(small).Containers.ShouldBe([new(small, "list", 1)]);
    }

    [Fact]
    public void A_length_that_cannot_be_is_counted_as_a_fault()
    {
        _fake.Memory.Write(_fake.List() + _fake.Layout.List.Size, ulong.MaxValue);

        var census = Take();

        census.Containers.ShouldBeEmpty();
        census.Coverage.Faults["container length absurd"].ShouldBe(1);
    }

    [Fact]
    public void Large_objects_of_the_collector_are_found_by_its_lists_alone()
    {
        _fake.Tuple([.. Enumerable.Repeat(_fake.Real(1), 100)]);
        _fake.Tuple([.. Enumerable.Repeat(_fake.Real(1), 200)]);
        _fake.Tuple(_fake.Real(2));
        _fake.Class("app", "Model");

        var census = Take();

        Row(census, "tuple").ShouldBe(new TypeCount("tuple", 3, 16 + 24 + 800 + 16 + 24 + 1600 + 48));
        Row(census, "type").Count.ShouldBe(1);
        census.Coverage.Faults.ShouldBeEmpty();
    }

    [Fact]
    public void A_torn_list_of_the_collector_is_counted_and_ends()
    {
        var tuple = _fake.Tuple([.. Enumerable.Repeat(_fake.Real(1), 100)]);
        _fake.Memory.Write(tuple + -16, _fake.Runtime);

        Take().Coverage.Faults["collector's list torn"].ShouldBe(1);
    }

    [Fact]
    public void Large_strings_are_estimated_from_a_sample_of_references()
    {
        const int Texts = 5000;
        for (var i = 0; i < Texts; i++)
        {
            var text = _fake.Text(new string('x', 600));
            _fake.List(text, text, text);
        }

        var estimate = Take().LargeEstimates.ShouldHaveSingleItem();

        estimate.Name.ShouldBe("str");
        estimate.Count.ShouldBeInRange(Texts * 7 / 10, Texts * 13 / 10);
        (estimate.Bytes / (double)estimate.Count).ShouldBe(48 + 601);
    }

    [Fact]
    public void References_in_long_tables_are_followed_too()
    {
        const int Texts = 5000;
        _fake.List([.. Enumerable.Range(0, Texts).Select(_ => _fake.Text(new string('x', 600)))]);
        _fake.Dict([.. Enumerable.Range(0, Texts).Select(_ => (_fake.Interned("k"), _fake.Text(new string('y', 600))))]);

        Take().LargeEstimates.ShouldHaveSingleItem().Count.ShouldBeInRange(2 * Texts * 8 / 10, 2 * Texts * 12 / 10);
    }

    [Fact]
    public void The_collectors_state_is_told()
    {
        var collector = _fake.Interpreter + _fake.Layout.Interpreter.Collector;
        _fake.Memory.Write(collector + _fake.Layout.Collector.Stats, 41UL);

        var state = Take().Collector.ShouldNotBeNull();

        state.Enabled.ShouldBeTrue();
        state.Collections.ShouldBe([41, 0, 0]);
        state.Thresholds.ShouldBe([700, 10, 10]);
    }

    [Fact]
    public void No_arenas_is_said_and_is_not_an_empty_heap()
    {
        var python = PythonProcess.Attach(new WithoutArenas(_fake));

        new CensusTaker(python).Take(TimeSpan.Zero).Coverage.Faults.Keys.ShouldContain(fault => fault.StartsWith("no arenas", StringComparison.Ordinal));
    }

    [Fact]
    public void Blocks_of_the_debug_allocator_are_recognised()
    {
        for (var i = 0; i < 1000; i++)
        {
            var block = _fake.Allocate(80);
            _fake.Memory.Write(block + 8, 0xfdfd_fdfd_fdfd_fd00 | 'o');
        }

        Take().Coverage.Faults.Keys.ShouldContain(fault => fault.StartsWith("blocks of the debug allocator", StringComparison.Ordinal));
    }

    [Fact]
    public void A_census_reads_little_more_than_the_arenas()
    {
        for (var i = 0; i < 20_000; i++)
            _fake.List(_fake.Real(i));
        var taker = new CensusTaker(PythonProcess.Attach(_fake));
        taker.Take(TimeSpan.Zero);
        var before = _fake.Memory.Reads;

        taker.Take(TimeSpan.Zero);

        // Two headers and sixteen pieces per arena, a header for the last pool of the last, which is not in use yet; four list
        // heads and the collector's state; one word that was no type.
        (_fake.Memory.Reads - before).ShouldBe((_fake.ArenaCount * 18) + 1 + 4 + 1 + 1);
    }

    [Fact]
    public void A_cancelled_census_stops() =>
        Should.Throw<OperationCanceledException>(() => new CensusTaker(PythonProcess.Attach(_fake)).Take(TimeSpan.Zero, new CancellationToken(true)));
}
