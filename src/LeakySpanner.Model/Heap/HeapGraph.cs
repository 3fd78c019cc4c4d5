using System.Collections.Frozen;
using System.Collections.Immutable;

namespace LeakySpanner.Model.Heap;

/// <summary>
/// Every object of a process at one moment, as columns: type, shallow size, address, and the edges as compressed sparse
/// rows. Immutable; made only by <see cref="HeapGraphBuilder"/>. 20 bytes per object and 4 per edge.
/// </summary>
public sealed class HeapGraph
{
    private readonly int[] _types;
    private readonly uint[] _sizes;
    private readonly FrozenDictionary<int, long> _largeSizes;
    private readonly ulong[] _addresses;
    private readonly int[] _edgeStarts;
    private readonly int[] _edges;

    private readonly HeapGraphBuilder.Columns _columns;

    internal HeapGraph(HeapGraphBuilder.Columns columns)
    {
        _columns = columns;
        _types = columns.Types;
        _sizes = columns.Sizes;
        _largeSizes = columns.LargeSizes;
        _addresses = columns.Addresses;
        _edgeStarts = columns.EdgeStarts;
        _edges = columns.Edges;
        TypeTable = columns.TypeTable;
        Roots = columns.Roots;
        Names = columns.Names;
        Bounds = columns.Bounds;
        Codes = columns.Codes;
        Routes = columns.Routes;
        Coverage = columns.Coverage;
    }

    /// <summary>The same objects, with what the program's code and routing tables say; shares the columns.</summary>
    public HeapGraph With(ImmutableArray<CodeInfo> codes, ImmutableArray<RouteInfo> routes, Coverage coverage) =>
        new(_columns with { Codes = codes, Routes = routes, Coverage = coverage });

    public int NodeCount => _columns.Count;

    public int EdgeCount => _edges.Length;

    public ImmutableArray<TypeInfo> TypeTable { get; }

    /// <summary>In the order of <see cref="RootKind"/>.</summary>
    public ImmutableArray<Root> Roots { get; }

    /// <summary>Text of interned strings by node: names that the program's code uses, never values of its data.</summary>
    public FrozenDictionary<int, string> Names { get; }

    /// <summary>The largest length a container allows itself, where the object says so (deque maxlen, lru_cache maxsize).</summary>
    public FrozenDictionary<int, long> Bounds { get; }

    public ImmutableArray<CodeInfo> Codes { get; }

    public ImmutableArray<RouteInfo> Routes { get; }

    public Coverage Coverage { get; }

    public TypeId TypeIdOf(NodeId node) => new(_types[node.Value]);

    public TypeInfo TypeOf(NodeId node) => TypeTable[_types[node.Value]];

    public ObjectKind KindOf(NodeId node) => TypeTable[_types[node.Value]].Kind;

    /// <summary>Shallow size: the object's own block with its collector's header, and the buffers that only it owns.</summary>
    public long SizeOf(NodeId node)
    {
        var size = _sizes[node.Value];
        return size == uint.MaxValue ? _largeSizes[node.Value] : size;
    }

    public Address AddressOf(NodeId node) => new(_addresses[node.Value]);

    /// <summary>Targets in the order of the type's fields and tail; absent ones are negative.</summary>
    public ReadOnlySpan<int> EdgesOf(NodeId node)
    {
        var start = _edgeStarts[node.Value];
        return _edges.AsSpan(start, _edgeStarts[node.Value + 1] - start);
    }

    /// <summary>The target of a named field, or <see cref="NodeId.None"/>; nothing has no fields, so that look-ups can be chained.</summary>
    public NodeId Field(NodeId node, string name)
    {
        if (node.IsNone)
            return NodeId.None;
        var at = TypeOf(node).Fields.IndexOf(name, StringComparer.Ordinal);
        var edges = EdgesOf(node);
        return at < 0 || at >= edges.Length ? NodeId.None : new NodeId(edges[at]);
    }

    /// <summary>Number of entries in the tail: pairs of a mapping, items of a sequence, members of a set.</summary>
    public int LengthOf(NodeId node)
    {
        var type = TypeOf(node);
        var tail = Math.Max(0, EdgesOf(node).Length - type.Fields.Length);
        return type.Tail == EdgeTail.Pairs ? tail / 2 : tail;
    }

    public ReadOnlySpan<int> Types => _types.AsSpan(0, NodeCount);

    public ReadOnlySpan<ulong> Addresses => _addresses.AsSpan(0, NodeCount);

    public ReadOnlySpan<int> EdgeStarts => _edgeStarts.AsSpan(0, NodeCount + 1);

    public ReadOnlySpan<int> Edges => _edges;
}
