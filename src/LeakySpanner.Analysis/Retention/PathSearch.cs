using System.Collections.Frozen;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Analysis.Retention;

/// <summary>
/// Breadth-first search in phases. Modules and frames that are roots keep that place even where another module's import
/// leads to them first; bookkeeping fields are followed only after everything that is reached without them.
/// </summary>
internal sealed class PathSearch(HeapGraph graph)
{
    private readonly int[] _parents = NewParents(graph.NodeCount);
    private readonly int[] _order = new int[graph.NodeCount];
    private readonly Dictionary<int, Root> _usedRoots = [];
    private readonly bool[]?[] _bookkeeping = Bookkeeping.FieldsByType(graph);
    private int _head;
    private int _tail;

    public RootPaths Run()
    {
        var modules = Claim(graph.Roots.Where(root => root.Kind == RootKind.Module));
        var frames = Claim(graph.Roots.Where(root => root.Kind == RootKind.Thread));

        Enqueue(modules.Where(root => !Bookkeeping.IsModule(root.Name) && root.Name != "__main__"));
        Enqueue(modules.Where(root => root.Name == "__main__"));
        Spread();
        Enqueue(frames);
        Spread();
        Enqueue(modules.Where(root => Bookkeeping.IsModule(root.Name)));
        Spread();

        var later = graph.Roots.Where(root => root.Kind > RootKind.Thread).GroupBy(root => root.Kind).OrderBy(group => group.Key).ToList();
        foreach (var group in later.Where(group => group.Key == RootKind.Interpreter))
        {
            Enqueue(Claim(group));
            Spread();
        }

        SpreadBookkeeping();
        foreach (var group in later.Where(group => group.Key != RootKind.Interpreter))
        {
            Enqueue(Claim(group));
            SpreadBookkeeping();
        }

        return new RootPaths(graph, _parents, _order, _tail, _usedRoots.ToFrozenDictionary());
    }

    private static int[] NewParents(int count)
    {
        var parents = new int[count];
        Array.Fill(parents, RootPaths.Unreached);
        return parents;
    }

    /// <summary>Makes nodes roots of the tree, and the namespaces of modules theirs, before any path can take them.</summary>
    private List<Root> Claim(IEnumerable<Root> roots)
    {
        var claimed = new List<Root>();
        foreach (var root in roots)
        {
            if (root.Node.IsNone || _parents[root.Node.Value] != RootPaths.Unreached)
                continue;
            _parents[root.Node.Value] = RootPaths.AtRoot;
            _usedRoots.Add(root.Node.Value, root);
            claimed.Add(root);
        }

        foreach (var root in claimed)
        {
            var names = NamespaceOf(root);
            if (!names.IsNone && _parents[names.Value] == RootPaths.Unreached)
                _parents[names.Value] = root.Node.Value;
        }

        return claimed;
    }

    private NodeId NamespaceOf(Root root) => root.Kind == RootKind.Module ? graph.Field(root.Node, "__dict__") : NodeId.None;

    private void Enqueue(IEnumerable<Root> claimed)
    {
        foreach (var root in claimed)
        {
            _order[_tail++] = root.Node.Value;
            var names = NamespaceOf(root);
            if (!names.IsNone && _parents[names.Value] == root.Node.Value)
                _order[_tail++] = names.Value;
        }
    }

    private void Spread()
    {
        for (; _head < _tail; _head++)
        {
            var node = _order[_head];
            var skipped = _bookkeeping[graph.Types[node]];
            var edges = graph.EdgesOf(new NodeId(node));
            for (var at = 0; at < edges.Length; at++)
            {
                if (skipped is null || at >= skipped.Length || !skipped[at])
                    Reach(edges[at], node);
            }
        }
    }

    /// <summary>Follows the bookkeeping fields of everything reached so far, and of what that leads to.</summary>
    private void SpreadBookkeeping()
    {
        Spread();
        for (var node = 0; node < _tail; node++)
        {
            var from = _order[node];
            if (_bookkeeping[graph.Types[from]] is { } skipped)
            {
                var edges = graph.EdgesOf(new NodeId(from));
                for (var at = 0; at < skipped.Length && at < edges.Length; at++)
                {
                    if (skipped[at])
                        Reach(edges[at], from);
                }
            }

            Spread();
        }
    }

    private void Reach(int node, int from)
    {
        if (node < 0 || _parents[node] != RootPaths.Unreached)
            return;
        _parents[node] = from;
        _order[_tail++] = node;
    }
}
