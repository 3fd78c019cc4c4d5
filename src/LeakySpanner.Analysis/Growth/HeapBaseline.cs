using LeakySpanner.Analysis.Retention;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Analysis.Growth;

/// <summary>
/// What must be remembered of a snapshot to say later what grew: address, type, size and holder of every object, without
/// edges. 20 bytes per object, so that the first snapshot's graph can be let go while the process is watched.
/// </summary>
public sealed class HeapBaseline
{
    /// <summary>Lengths of shorter containers are not kept.</summary>
    private const int ShortestContainer = 4;

    private readonly ulong[] _addresses;
    private readonly int[] _types;
    private readonly uint[] _sizes;
    private readonly Dictionary<int, long> _largeSizes = [];
    private readonly int[] _parents;
    private readonly Dictionary<ulong, int> _lengths = [];
    private readonly List<string> _typeNames = [];

    private HeapBaseline(HeapSnapshot snapshot, RootPaths paths)
    {
        At = snapshot.At;
        var graph = snapshot.Graph;
        var rows = NameRows(graph);
        var order = Sort(graph);
        var rank = order is null ? null : new int[order.Length];
        for (var at = 0; at < order?.Length; at++)
            rank![order[at]] = at;

        _addresses = new ulong[graph.NodeCount];
        _types = new int[graph.NodeCount];
        _sizes = new uint[graph.NodeCount];
        _parents = new int[graph.NodeCount];
        for (var at = 0; at < graph.NodeCount; at++)
        {
            var node = order is null ? at : order[at];
            var id = new NodeId(node);
            _addresses[at] = graph.Addresses[node];
            _types[at] = rows[graph.Types[node]];
            var size = graph.SizeOf(id);
            _sizes[at] = (uint)Math.Min(size, uint.MaxValue);
            if (size >= uint.MaxValue)
                _largeSizes.Add(at, size);
            var parent = paths.Parents[node];
            _parents[at] = parent >= 0 && rank is not null ? rank[parent] : parent;
            if (DataContainers.Is(graph, node) && graph.LengthOf(id) is var length && length >= ShortestContainer)
                _lengths[graph.Addresses[node]] = length;
        }
    }

    /// <summary>When the snapshot was taken, since the start of the session.</summary>
    public TimeSpan At { get; }

    public int Count => _addresses.Length;

    public static HeapBaseline Of(HeapSnapshot snapshot, RootPaths paths)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(paths);
        return new HeapBaseline(snapshot, paths);
    }

    internal IReadOnlyList<string> TypeNames => _typeNames;

    internal int TypeAt(int at) => _types[at];

    internal long SizeAt(int at) => _sizes[at] == uint.MaxValue ? _largeSizes[at] : _sizes[at];

    /// <summary>The object before it on its path, as a position here; or as in <see cref="RootPaths.Parents"/>.</summary>
    internal int ParentAt(int at) => _parents[at];

    internal ReadOnlySpan<ulong> Addresses => _addresses;

    /// <summary>Null where it was shorter than is kept, or no container.</summary>
    internal int? LengthOf(ulong address) => _lengths.TryGetValue(address, out var length) ? length : null;

    /// <summary>Rows that share a name are one type: a class has several where its objects are laid out differently.</summary>
    private int[] NameRows(HeapGraph graph)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        var rows = new int[graph.TypeTable.Length];
        for (var row = 0; row < rows.Length; row++)
        {
            var name = graph.TypeTable[row].Name;
            if (!ids.TryGetValue(name, out rows[row]))
            {
                ids[name] = rows[row] = _typeNames.Count;
                _typeNames.Add(name);
            }
        }

        return rows;
    }

    /// <summary>Nodes by address, or null where they already are in that order.</summary>
    internal static int[]? Sort(HeapGraph graph)
    {
        var addresses = graph.Addresses;
        var at = 1;
        while (at < addresses.Length && addresses[at - 1] <= addresses[at])
            at++;
        if (at >= addresses.Length)
            return null;
        var order = new int[addresses.Length];
        for (var node = 0; node < order.Length; node++)
            order[node] = node;
        Array.Sort(addresses.ToArray(), order);
        return order;
    }
}
