using System.Collections.Frozen;
using System.Collections.Immutable;

namespace LeakySpanner.Model.Heap;

/// <summary>
/// The only way to make a <see cref="HeapGraph"/>. Nodes first, in any order; then the edges of nodes in rising order of
/// their ids (a node that is passed over has none). Violations throw: they are bugs of the caller, not of the target.
/// </summary>
public sealed class HeapGraphBuilder
{
    private readonly List<TypeInfo> _typeTable = [];
    private readonly List<int> _types = [];
    private readonly List<uint> _sizes = [];
    private readonly Dictionary<int, long> _largeSizes = [];
    private readonly List<ulong> _addresses = [];
    private readonly List<int> _edgeStarts = [];
    private readonly List<int> _edges = [];
    private readonly List<Root> _roots = [];
    private readonly Dictionary<int, string> _names = [];
    private readonly Dictionary<int, long> _bounds = [];
    private readonly List<CodeInfo> _codes = [];
    private readonly List<RouteInfo> _routes = [];

    public int NodeCount => _types.Count;

    public IReadOnlyList<TypeInfo> TypeTable => _typeTable;

    public Coverage Coverage { get; set; } = Coverage.None;

    public TypeId AddType(TypeInfo type)
    {
        _typeTable.Add(type);
        return new TypeId(_typeTable.Count - 1);
    }

    public NodeId AddNode(Address address, TypeId type, long size)
    {
        if ((uint)type.Value >= (uint)_typeTable.Count)
            throw new ArgumentOutOfRangeException(nameof(type));
        var node = new NodeId(_types.Count);
        _types.Add(type.Value);
        _addresses.Add(address.Value);
        _sizes.Add(0);
        SetSize(node, size);
        return node;
    }

    public void SetSize(NodeId node, long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        if (size >= uint.MaxValue)
            _largeSizes[node.Value] = size;
        _sizes[node.Value] = (uint)Math.Min(size, uint.MaxValue);
    }

    /// <summary>Edges of one node, all at once; ids must rise from call to call.</summary>
    public void AddEdges(NodeId from, ReadOnlySpan<int> targets)
    {
        if (from.Value < _edgeStarts.Count)
            throw new InvalidOperationException($"edges of node {from.Value} come after those of node {_edgeStarts.Count - 1}");
        while (_edgeStarts.Count <= from.Value)
            _edgeStarts.Add(_edges.Count);
        _edges.AddRange(targets);
    }

    public void AddRoot(RootKind kind, string name, NodeId node) => _roots.Add(new Root(kind, name, node));

    public void SetName(NodeId node, string text) => _names[node.Value] = text;

    public void SetBound(NodeId node, long largestLength) => _bounds[node.Value] = largestLength;

    public void AddCode(CodeInfo code) => _codes.Add(code);

    public void AddRoute(RouteInfo route) => _routes.Add(route);

    public HeapGraph Build()
    {
        while (_edgeStarts.Count <= _types.Count)
            _edgeStarts.Add(_edges.Count);
        return new HeapGraph(new Columns(
            [.. _types], [.. _sizes], _largeSizes.ToFrozenDictionary(), [.. _addresses], [.. _edgeStarts], [.. _edges],
            [.. _typeTable], [.. _roots.OrderBy(root => root.Kind)], _names.ToFrozenDictionary(), _bounds.ToFrozenDictionary(),
            [.. _codes], [.. _routes], Coverage));
    }

    internal sealed record Columns(
        int[] Types,
        uint[] Sizes,
        FrozenDictionary<int, long> LargeSizes,
        ulong[] Addresses,
        int[] EdgeStarts,
        int[] Edges,
        ImmutableArray<TypeInfo> TypeTable,
        ImmutableArray<Root> Roots,
        FrozenDictionary<int, string> Names,
        FrozenDictionary<int, long> Bounds,
        ImmutableArray<CodeInfo> Codes,
        ImmutableArray<RouteInfo> Routes,
        Coverage Coverage);
}
