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
    private AdoptedColumns? _adopted;

    public int NodeCount => _adopted?.Count ?? _types.Count;

    public IReadOnlyList<TypeInfo> TypeTable => _typeTable;

    public Coverage Coverage { get; set; } = Coverage.None;

    public TypeId AddType(TypeInfo type)
    {
        _typeTable.Add(type);
        return new TypeId(_typeTable.Count - 1);
    }

    public NodeId AddNode(Address address, TypeId type, long size)
    {
        if (_adopted is not null)
            throw new InvalidOperationException("nodes are complete once columns were adopted");
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
        var stored = (uint)Math.Min(size, uint.MaxValue);
        if (_adopted is { } columns)
            columns.Sizes[node.Value] = stored;
        else
            _sizes[node.Value] = stored;
    }

    /// <summary>Edges of one node, all at once; ids must rise from call to call.</summary>
    public void AddEdges(NodeId from, ReadOnlySpan<int> targets)
    {
        if (_adopted is not null)
            throw new InvalidOperationException("edges are complete once columns were adopted");
        if (from.Value < _edgeStarts.Count)
            throw new InvalidOperationException($"edges of node {from.Value} come after those of node {_edgeStarts.Count - 1}");
        while (_edgeStarts.Count <= from.Value)
            _edgeStarts.Add(_edges.Count);
        _edges.AddRange(targets);
    }

    /// <summary>
    /// Takes whole columns as they are, without a copy: the path for walks of millions of objects. Nothing else may add
    /// nodes or edges then; the arrays must not be written afterwards.
    /// </summary>
    /// <param name="addresses">By node.</param>
    /// <param name="types">By node: rows of the type table, which must be complete.</param>
    /// <param name="sizes">By node; for a size of 4 GB and more, <see cref="uint.MaxValue"/> and a call of <see cref="SetSize"/> later.</param>
    /// <param name="edgeStarts">By node, and one more: where its edges start.</param>
    /// <param name="edges">Targets; negative ones are absent.</param>
    /// <param name="nodeCount">Where the columns are longer than needed; negative if they are not.</param>
    public void Adopt(ulong[] addresses, int[] types, uint[] sizes, int[] edgeStarts, int[] edges, int nodeCount = -1)
    {
        var count = nodeCount < 0 ? types.Length : nodeCount;
        if (_types.Count != 0 || _adopted is not null)
            throw new InvalidOperationException("columns can only be adopted by an empty builder");
        if (nodeCount < 0 ? addresses.Length != count || sizes.Length != count || edgeStarts.Length != count + 1 : Math.Min(Math.Min(addresses.Length, types.Length), Math.Min(sizes.Length, edgeStarts.Length - 1)) < count)
            throw new ArgumentException("columns differ in length");
        if (edgeStarts[0] != 0 || edgeStarts[count] != edges.Length)
            throw new ArgumentException("columns differ in length");
        foreach (var type in types.AsSpan(0, count))
        {
            if ((uint)type >= (uint)_typeTable.Count)
                throw new ArgumentException($"type {type} is not in the type table");
        }

        foreach (var edge in edges)
        {
            if (edge >= count)
                throw new ArgumentException($"edge to node {edge}, which does not exist");
        }

        for (var node = 0; node < count; node++)
        {
            if (edgeStarts[node] > edgeStarts[node + 1])
                throw new ArgumentException($"edges of node {node} end before they start");
        }

        _adopted = new AdoptedColumns(count, addresses, types, sizes, edgeStarts, edges);
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
        var columns = _adopted ?? new AdoptedColumns(_types.Count, [.. _addresses], [.. _types], [.. _sizes], [.. _edgeStarts], [.. _edges]);
        return new HeapGraph(new Columns(
            columns.Count, columns.Types, columns.Sizes, _largeSizes.ToFrozenDictionary(), columns.Addresses, columns.EdgeStarts, columns.Edges,
            [.. _typeTable], [.. _roots.OrderBy(root => root.Kind)], _names.ToFrozenDictionary(), _bounds.ToFrozenDictionary(),
            [.. _codes], [.. _routes], Coverage));
    }

    private sealed record AdoptedColumns(int Count, ulong[] Addresses, int[] Types, uint[] Sizes, int[] EdgeStarts, int[] Edges);

    internal sealed record Columns(
        int Count,
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
