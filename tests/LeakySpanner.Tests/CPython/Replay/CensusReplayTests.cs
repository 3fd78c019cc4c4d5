using LeakySpanner.Model.Heap;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.CPython.Replay;

/// <summary>A census of a real process, against what its script says that there is.</summary>
public abstract class CensusReplayTests
{
    private readonly ReplayedPython _replay;
    private readonly ReplayFigures _figures;

    /// <param name="feature">The version that is replayed.</param>
    protected CensusReplayTests(string feature) => (_replay, _figures) = (ReplayedPython.Of(feature), ReplayFigures.Of(feature));

    [Fact]
    public void The_interpreter_is_told_by_its_exact_version()
    {
        _replay.Python.Description.ShouldBe("CPython " + _figures.Version);
        _replay.Python.Interpreters.Length.ShouldBe(1);
        _replay.AttachReads.ShouldBeInRange(1, _figures.AttachReads);
    }

    [Theory]
    [InlineData("__main__.User", 60)]
    [InlineData("__main__.Position", 60)]
    [InlineData("__main__.Settings", 1)]
    [InlineData("__main__.Knot", 25)]
    [InlineData("__main__.Later", 1)]
    [InlineData("generator", 2)]
    [InlineData("coroutine", 1)]
    [InlineData("collections.deque", 1)]
    [InlineData("collections.OrderedDict", 1)]
    [InlineData("functools._lru_cache_wrapper", 1)]
    [InlineData("functools._lru_list_elem", 64)]
    [InlineData("bytearray", 1)]
    public void Every_object_of_a_type_is_counted_whether_the_collector_knows_it_or_not(string type, int count) =>
        CountOf(type).ShouldBe(count);

    [Fact]
    public void The_same_objects_are_counted_and_walked()
    {
        foreach (var type in (string[])["dict", "list", "set", "frozenset", "float", "cell", "function", "weakref", "__main__.User", "__main__.Position"])
            CountOf(type).ShouldBe(Walked(type), type);
    }

    [Fact]
    public void Long_containers_are_listed_by_their_lengths()
    {
        var graph = _replay.Graph;
        LengthOf(Named.Find(graph, "results_cache")).ShouldBe(400);
        LengthOf(Named.Find(graph, "sessions")).ShouldBe(300);
        LengthOf(Named.Find(graph, "recent")).ShouldBe(50);
        LengthOf(Named.Find(graph, "seen")).ShouldBe(300);
        LengthOf(Named.Find(graph, "allowed")).ShouldBe(200);
        LengthOf(Named.Find(graph, "primes")).ShouldBe(70);
    }

    [Fact]
    public void The_collector_was_switched_off() => _replay.Census.Collector.ShouldNotBeNull().Enabled.ShouldBeFalse();

    [Fact]
    public void Nothing_was_disbelieved()
    {
        var census = _replay.Census;
        census.Coverage.Faults.ShouldBeEmpty();
        census.LiveBytes.ShouldBeInRange(census.ArenaBytes / 2, census.ArenaBytes);
        census.Types.Sum(row => row.Count).ShouldBe(census.Coverage.ObjectsSeen);
    }

    /// <summary>Reads are what a census costs its target. They may fall.</summary>
    [Fact]
    public void A_census_takes_no_more_reads_than_it_did() => _replay.CensusReads.ShouldBeInRange(1, _figures.CensusReads);

    private long CountOf(string type) => _replay.Census.Types.Where(row => row.Name == type).Sum(row => row.Count);

    /// <summary>In arenas, or collected: what a census counts exactly. Static objects are not.</summary>
    private long Walked(string type)
    {
        var graph = _replay.Graph;
        var count = 0L;
        for (var i = 0; i < graph.NodeCount; i++)
        {
            var address = graph.AddressOf(new NodeId(i));
            if (graph.TypeOf(new NodeId(i)).Name == type
                && !_replay.Recorded.ReadRegions().Any(region => region.Inode != 0 && region.Start <= address && address < region.End))
                count++;
        }

        return count;
    }

    private long LengthOf(NodeId container)
    {
        var address = _replay.Graph.AddressOf(container);
        return _replay.Census.Containers.Single(row => row.Address == address).Length;
    }
}
