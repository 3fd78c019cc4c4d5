using LeakySpanner.Analysis.Retention;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Analysis.Growth;

/// <summary>
/// A linked structure is entered at several places: at its head, by whoever walks it just now, by a word on a stack. Each takes
/// a part of it in the tree of paths. Together they are one place, named by the entry that lies nearest to a module.
/// </summary>
internal static class LinkedEntries
{
    private const int LookedAt = 10_000;

    public static List<GrowthSpot> Gather(HeapGraph graph, RootPaths paths, List<GrowthSpot> spots, HashSet<int> linked)
    {
        var gathered = spots.Where(spot => !linked.Contains(spot.Node)).ToList();
        foreach (var group in spots.Where(spot => linked.Contains(spot.Node)).GroupBy(spot => TypeName(graph, spot.Node)))
        {
            var largest = group.MaxBy(spot => spot.Bytes);
            var entry = graph.KindOf(new NodeId(largest.Node)) == ObjectKind.Instance ? Nearest(graph, paths, largest.Node) : largest.Node;
            gathered.Add(new GrowthSpot(largest.Node, group.Sum(spot => spot.Bytes), largest.Part, false) { Entry = entry });
        }

        return gathered;
    }

    private static int Nearest(HeapGraph graph, RootPaths paths, int node)
    {
        var type = TypeName(graph, node);
        var best = (Node: node, Kind: paths.RootOf(new NodeId(node))!.Value.Kind, Depth: Depth(graph, paths, node));
        var looked = 0;
        foreach (var other in paths.Order)
        {
            var parent = paths.Parents[other];
            if (parent < 0 || TypeName(graph, other) != type || TypeName(graph, parent) == type)
                continue;
            if (++looked > LookedAt)
                break;
            var found = (Node: other, paths.RootOf(new NodeId(other))!.Value.Kind, Depth: Depth(graph, paths, other));
            if (found.Kind < best.Kind || (found.Kind == best.Kind && found.Depth < best.Depth))
                best = found;
        }

        return best.Node;
    }

    /// <summary>Steps from the root; what runs just now is far away, for it will be gone.</summary>
    private static int Depth(HeapGraph graph, RootPaths paths, int node)
    {
        const int transient = 1000;
        var depth = 0;
        for (var at = node; at >= 0; at = paths.Parents[at])
            depth += graph.KindOf(new NodeId(at)) is ObjectKind.Coroutine or ObjectKind.Frame or ObjectKind.Task ? transient : 1;
        return depth;
    }

    private static string TypeName(HeapGraph graph, int node) => graph.TypeTable[graph.Types[node]].Name;
}
