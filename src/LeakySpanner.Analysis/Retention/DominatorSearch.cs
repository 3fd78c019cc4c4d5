using System.Runtime.InteropServices;
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
    private readonly int _count = graph.NodeCount;

    public DominatorTree Run()
    {
        // The result's column of sizes serves as two columns of numbers until the sizes are known: columns are so few and
        // so large that no garbage collection would come for the ones that are done with.
        var retained = new long[_count + 1];
        var scratch = MemoryMarshal.Cast<long, int>(retained.AsSpan());
        var first = scratch[..(_count + 1)];
        var second = scratch[(_count + 1)..];

        // Preorder number of each node (0: not reached), node of each number, and the tree's parent of each number.
        var number = first;
        var (vertex, parent, reached) = Search(number, cursor: second);
        var (starts, sources) = Reverse(number, vertex, parent, reached);

        var dominator = new int[reached + 1];
        Array.Copy(parent, dominator, reached + 1);
        var semi = second;
        Semidominators(parent, starts, sources, semi, least: first, reached);

        for (var at = 1; at <= reached; at++)
        {
            var candidate = dominator[at];
            while (candidate > semi[at])
                candidate = dominator[candidate];
            dominator[at] = candidate;
        }

        return Retain(vertex, dominator, byNode: parent, retained, reached);
    }

    private (int[] Vertex, int[] Parent, int Reached) Search(Span<int> number, Span<int> cursor)
    {
        var starts = graph.EdgeStarts;
        var edges = graph.Edges;
        var vertex = new int[_count + 1];
        var parent = new int[_count + 1];
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
    private (int[] Starts, int[] Sources) Reverse(Span<int> number, int[] vertex, int[] parent, int reached)
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
    private static void Semidominators(int[] ancestor, int[] starts, int[] sources, Span<int> semi, Span<int> least, int reached)
    {
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
    }

    /// <summary>
    /// The least semidominator on the tree path from a number up to, but without, the first one that was not processed yet
    /// (those below <paramref name="bound"/>, and itself). The path is compressed in two passes: up, reversing the links,
    /// and down again, so that no stack is needed.
    /// </summary>
    private static int LeastAbove(int start, int bound, int[] ancestor, Span<int> least)
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

    private DominatorTree Retain(int[] vertex, int[] dominator, int[] byNode, long[] retained, int reached)
    {
        DominatorTree.Forget(byNode);
        for (var at = 1; at <= reached; at++)
            byNode[vertex[at]] = vertex[dominator[at]];
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
