using System.Collections.Immutable;
using LeakySpanner.Analysis.Retention;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Analysis.Growth;

/// <summary>What no root leads to, at the later moment.</summary>
/// <param name="Bytes">All of it.</param>
/// <param name="Objects">All of it.</param>
/// <param name="NetBytes">More than at the earlier moment.</param>
/// <param name="NetObjects">More than at the earlier moment.</param>
/// <param name="CyclicBytes">In reference cycles, or held only by such: what the cyclic collector would free.</param>
/// <param name="NetCyclicBytes">New bytes of that kind (those gone cannot be told apart and are not deducted).</param>
/// <param name="DetachedBytes">New, and held by no object of the heap, in no cycle: memory of native code holds it, or a
/// reference count was forgotten. No collector frees it.</param>
/// <param name="CyclicTypes">Of the new cyclic ones, by bytes.</param>
/// <param name="DetachedTypes">Of the detached ones, by bytes.</param>
public sealed record UnreachableGrowth(
    long Bytes,
    int Objects,
    long NetBytes,
    int NetObjects,
    long CyclicBytes,
    long NetCyclicBytes,
    long DetachedBytes,
    ImmutableArray<TypeNet> CyclicTypes,
    ImmutableArray<TypeNet> DetachedTypes)
{
    private const int ListedTypes = 10;

    internal static UnreachableGrowth Of(HeapGraph graph, RootPaths paths, HeapMatch match, HeapBaseline before)
    {
        var detached = Peel(graph, paths);
        var (bytes, objects, cyclic, netCyclic, newDetached) = (0L, 0, 0L, 0L, 0L);
        var cyclicTypes = new TypeTally(graph);
        var detachedTypes = new TypeTally(graph);
        for (var node = 0; node < graph.NodeCount; node++)
        {
            if (paths.Parents[node] != RootPaths.Unreached)
                continue;
            var size = graph.SizeOf(new NodeId(node));
            bytes += size;
            objects++;
            var isDetached = detached.Contains(node);
            cyclic += isDetached ? 0 : size;

            // An object that was alive at the earlier moment is new here too: it became garbage in between.
            if (match.BeforeOf(node) is var at && at >= 0 && before.ParentAt(at) == RootPaths.Unreached)
                continue;
            if (isDetached)
            {
                newDetached += size;
                detachedTypes.Add(node, 1, size);
            }
            else
            {
                netCyclic += size;
                cyclicTypes.Add(node, 1, size);
            }
        }

        var (bytesBefore, objectsBefore) = (0L, 0);
        for (var at = 0; at < before.Count; at++)
        {
            if (before.ParentAt(at) != RootPaths.Unreached)
                continue;
            bytesBefore += before.SizeAt(at);
            objectsBefore++;
        }

        return new UnreachableGrowth(
            bytes, objects, bytes - bytesBefore, objects - objectsBefore, cyclic, netCyclic, newDetached,
            [.. cyclicTypes.Largest().Take(ListedTypes)], [.. detachedTypes.Largest().Take(ListedTypes)]);
    }

    /// <summary>
    /// Takes away, again and again, what no remaining unreachable object refers to. What is left is in a cycle or behind one;
    /// what was taken away has a reference from outside the heap, or its count is wrong.
    /// </summary>
    private static HashSet<int> Peel(HeapGraph graph, RootPaths paths)
    {
        var references = new Dictionary<int, int>();
        for (var node = 0; node < graph.NodeCount; node++)
        {
            if (paths.Parents[node] != RootPaths.Unreached)
                continue;
            references.TryAdd(node, 0);
            foreach (var target in graph.EdgesOf(new NodeId(node)))
            {
                if (target >= 0 && paths.Parents[target] == RootPaths.Unreached)
                    references[target] = references.GetValueOrDefault(target) + 1;
            }
        }

        var peeled = new HashSet<int>();
        var open = new Stack<int>(references.Where(pair => pair.Value == 0).Select(pair => pair.Key));
        while (open.TryPop(out var node))
        {
            peeled.Add(node);
            foreach (var target in graph.EdgesOf(new NodeId(node)))
            {
                if (target >= 0 && references.TryGetValue(target, out var count) && (references[target] = count - 1) == 0)
                    open.Push(target);
            }
        }

        return peeled;
    }
}
