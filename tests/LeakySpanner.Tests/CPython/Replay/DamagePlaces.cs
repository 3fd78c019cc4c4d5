using LeakySpanner.Model;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Tests.CPython.Replay;

/// <summary>Where the recorded process keeps what, for a test to spoil.</summary>
internal sealed class DamagePlaces
{
    private static readonly Lazy<DamagePlaces> Only = new(() => new DamagePlaces(ReplayedPython.Sound));

    private readonly HeapGraph _graph;
    private readonly (Address Start, int Length)[] _ranges;
    private readonly long[] _ends;

    private DamagePlaces(ReplayedPython python)
    {
        _graph = python.Graph;
        _ranges = [.. python.Recorded.Bytes.Ranges.Select(range => (range.Start, range.Bytes.Length))];
        _ends = new long[_ranges.Length];
        var total = 0L;
        for (var i = 0; i < _ranges.Length; i++)
            _ends[i] = total += _ranges[i].Length;
        PoolBytes = python.Python.Layout.Pool.PoolSize;
        foreach (var arena in python.Snapshot.Arenas)
        {
            for (var pool = arena.Start; pool < arena.End; pool += PoolBytes)
                Pools.Add(pool);
        }
    }

    public int PoolBytes { get; }

    public List<Address> Pools { get; } = [];

    public static DamagePlaces Sound => Only.Value;

    /// <summary>Any recorded byte; all are as likely.</summary>
    public Address Anywhere(Random random)
    {
        var at = random.NextInt64(_ends[^1]);
        var range = Array.BinarySearch(_ends, at + 1);
        range = range < 0 ? ~range : range;
        return _ranges[range].Start + (at - (_ends[range] - _ranges[range].Length));
    }

    public Address AnyWord(Random random) => new(Anywhere(random).Value & ~7UL);

    public Address Object(Random random) => _graph.AddressOf(new NodeId(random.Next(_graph.NodeCount)));

    public IEnumerable<Address> Nodes(params ObjectKind[] kinds) =>
        Enumerable.Range(0, _graph.NodeCount).Select(i => new NodeId(i)).Where(node => kinds.Contains(_graph.KindOf(node))).Select(_graph.AddressOf);
}
