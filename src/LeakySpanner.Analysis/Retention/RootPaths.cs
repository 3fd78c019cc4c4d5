using System.Collections.Frozen;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Analysis.Retention;

/// <summary>
/// The shortest meaningful path from a root to every reachable object: a tree, as one column of parents, found breadth
/// first and in phases, so that a path from an application's module is preferred to any other kind even if it is longer.
/// 8 bytes per object.
/// </summary>
public sealed class RootPaths
{
    private readonly HeapGraph _graph;
    private readonly int[] _parents;
    private readonly int[] _order;
    private readonly FrozenDictionary<int, Root> _roots;
    private readonly PathNaming _naming;

    internal RootPaths(HeapGraph graph, int[] parents, int[] order, int reached, FrozenDictionary<int, Root> roots)
    {
        (_graph, _parents, _order, ReachedCount, _roots) = (graph, parents, order, reached, roots);
        _naming = new PathNaming(graph);
    }

    /// <summary>In <see cref="Parents"/>: held by a root itself.</summary>
    public const int AtRoot = -1;

    /// <summary>In <see cref="Parents"/>: no root leads to it.</summary>
    public const int Unreached = -2;

    public int ReachedCount { get; }

    /// <summary>By node: the node before it on its path, <see cref="AtRoot"/> or <see cref="Unreached"/>.</summary>
    public ReadOnlySpan<int> Parents => _parents;

    /// <summary>Every reached node, each after its parent.</summary>
    public ReadOnlySpan<int> Order => _order.AsSpan(0, ReachedCount);

    public static RootPaths Compute(HeapGraph graph) => new PathSearch(graph).Run();

    public bool IsReachable(NodeId node) => _parents[node.Value] != Unreached;

    /// <summary>The object before it on its path, or none at a root and where nothing leads to it.</summary>
    public NodeId ParentOf(NodeId node) => new(Math.Max(-1, _parents[node.Value]));

    /// <summary>The root at which the path of a node starts; null where nothing leads to it.</summary>
    public Root? RootOf(NodeId node)
    {
        if (!IsReachable(node))
            return null;
        var at = node.Value;
        while (_parents[at] >= 0)
            at = _parents[at];
        return _roots[at];
    }

    /// <summary>The named path from its root; null where nothing leads to it.</summary>
    public RetentionPath? PathTo(NodeId node)
    {
        if (!IsReachable(node))
            return null;
        var nodes = new List<int>();
        for (var at = node.Value; at >= 0; at = _parents[at])
            nodes.Add(at);
        nodes.Reverse();
        return _naming.Describe(_roots[nodes[0]], nodes);
    }

    /// <summary>The name by which a person knows a class, function or coroutine, or null.</summary>
    public string? NameOf(NodeId node) => _naming.Objects.NameOf(node.Value);

    internal HeapGraph Graph => _graph;
}
