using LeakySpanner.Model.Heap;

namespace LeakySpanner.Analysis.Retention;

/// <summary>
/// The semi-NCA algorithm (Georgiadis, "Linear-Time Algorithms for Dominators and Related Problems", 2005): semidominators
/// by path compression over a depth-first tree, then each immediate dominator as the nearest ancestor that is not below
/// the semidominator. Everything after the first search is in preorder numbers, so that columns stay narrow; nothing
/// recurses, since linked lists are millions deep. Number 0 is the virtual root.
/// </summary>
internal sealed class DominatorSearch(HeapGraph graph)
{
    /// <summary>Objects from which on memory is worth a collection.</summary>
    private const int LargeGraph = 1 << 20;

    private readonly int _count = graph.NodeCount;

    public DominatorTree Run()
    {
        // Preorder number of each node (0: not reached), node of each number, and the tree's parent of each number.
        var number = new int[_count];
        var (vertex, parent, reached) = Search(number);
        var (starts, sources) = Reverse(number, vertex, parent, reached);
        number = null;
        LetGo();

        var dominator = new int[reached + 1];
        Array.Copy(parent, dominator, reached + 1);
        var semi = Semidominators(parent, starts, sources, vertex, reached);
        starts = sources = null;
        parent = null;
        LetGo();

        for (var at = 1; at <= reached; at++)
        {
            var candidate = dominator[at];
            while (candidate > semi[at])
                candidate = dominator[candidate];
            dominator[at] = candidate;
        }

        return Retain(vertex, dominator, reached);
    }

    /// <summary>
    /// Gives columns back that are no longer needed. They are so few and so large that no collection would come by itself,
    /// and they are half of the peak; they hold no references, so that a collection takes milliseconds.
    /// </summary>
    private void LetGo()
    {
        if (_count > LargeGraph)
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    private (int[] Vertex, int[] Parent, int Reached) Search(int[] number)
    {
        var starts = graph.EdgeStarts;
        var edges = graph.Edges;
        var vertex = new int[_count + 1];
        var parent = new int[_count + 1];
        var cursor = new int[_count + 1];
        vertex[0] = -1;
        var reached = 0;
        foreach (var root in graph.Roots)
        {
            if (root.Node.IsNone || number[root.Node.Value] != 0)
                continue;
            var current = ++reached;
            number[root.Node.Value] = current;
            vertex[current] = root.Node.Value;
            cursor[current] = starts[root.Node.Value];
            while (current != 0)
            {
                var end = starts[vertex[current] + 1];
                var at = cursor[current];
                var next = -1;
                while (at < end)
                {
                    next = edges[at++];
                    if (next >= 0 && number[next] == 0)
                        break;
                    next = -1;
                }

                cursor[current] = at;
                if (next < 0)
                {
                    current = parent[current];
                    continue;
                }

                parent[++reached] = current;
                current = reached;
                number[next] = current;
                vertex[current] = next;
                cursor[current] = starts[next];
            }
        }

        return (vertex, parent, reached);
    }

    /// <summary>
    /// Predecessors of each number, as compressed rows of numbers. Roots have the virtual root among theirs. The tree's own
    /// edges, nearly half of a heap's, are left out: a semidominator is never greater than the parent anyway.
    /// </summary>
    private (int[] Starts, int[] Sources) Reverse(int[] number, int[] vertex, int[] parent, int reached)
    {
        var graphStarts = graph.EdgeStarts;
        var edges = graph.Edges;
        var starts = new int[reached + 2];
        for (var at = 1; at <= reached; at++)
        {
            var node = vertex[at];
            foreach (var target in edges[graphStarts[node]..graphStarts[node + 1]])
            {
                if (target >= 0 && parent[number[target]] != at)
                    starts[number[target]]++;
            }
        }

        foreach (var root in graph.Roots)
        {
            if (!root.Node.IsNone)
                starts[number[root.Node.Value]]++;
        }

        // Each row's end first; filling backwards turns ends into starts without a second column.
        var total = 0;
        for (var at = 0; at <= reached; at++)
            starts[at] = total += starts[at];
        starts[reached + 1] = total;
        var sources = new int[total];
        for (var at = 1; at <= reached; at++)
        {
            var node = vertex[at];
            foreach (var target in edges[graphStarts[node]..graphStarts[node + 1]])
            {
                if (target >= 0 && parent[number[target]] != at)
                    sources[--starts[number[target]]] = at;
            }
        }

        foreach (var root in graph.Roots)
        {
            if (!root.Node.IsNone)
                sources[--starts[number[root.Node.Value]]] = 0;
        }

        return (starts, sources);
    }

    /// <summary>Compresses <paramref name="ancestor"/> (the tree's parents on entry) as it goes.</summary>
    private static int[] Semidominators(int[] ancestor, int[] starts, int[] sources, int[] vertex, int reached)
    {
        var semi = new int[reached + 1];
        var least = new int[reached + 1];
        for (var at = reached; at >= 1; at--)
        {
            var smallest = ancestor[at];
            for (var edge = starts[at]; edge < starts[at + 1]; edge++)
            {
                var source = sources[edge];
                if (source > at)
                    source = LeastAbove(source, at, ancestor, least);
                if (source < smallest)
                    smallest = source;
            }

            semi[at] = least[at] = smallest;
        }

        return semi;
    }

    /// <summary>
    /// The least semidominator on the tree path from a number up to, but without, the first one that was not processed yet
    /// (those below <paramref name="bound"/>, and itself). The path is compressed in two passes: up, reversing the links,
    /// and down again, so that no stack is needed.
    /// </summary>
    private static int LeastAbove(int start, int bound, int[] ancestor, int[] least)
    {
        // Numbers greater than the bound are processed. Climb while the ancestor is processed too.
        var below = -1;
        var at = start;
        while (ancestor[at] > bound)
        {
            var above = ancestor[at];
            ancestor[at] = below;
            below = at;
            at = above;
        }

        var top = ancestor[at];
        var smallest = least[at];
        while (below >= 0)
        {
            var next = ancestor[below];
            if (least[below] < smallest)
                smallest = least[below];
            else
                least[below] = smallest;
            ancestor[below] = top;
            below = next;
        }

        return smallest;
    }

    private DominatorTree Retain(int[] vertex, int[] dominator, int reached)
    {
        var byNode = DominatorTree.NoDominators(_count);
        for (var at = 1; at <= reached; at++)
            byNode[vertex[at]] = vertex[dominator[at]];
        var retained = new long[_count];
        for (var node = 0; node < _count; node++)
            retained[node] = graph.SizeOf(new NodeId(node));
        for (var at = reached; at >= 1; at--)
        {
            if (dominator[at] != 0)
                retained[vertex[dominator[at]]] += retained[vertex[at]];
        }

        return new DominatorTree(byNode, retained, _count - reached);
    }
}
