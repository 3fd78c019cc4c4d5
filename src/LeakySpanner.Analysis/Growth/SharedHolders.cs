using System.Collections.Immutable;
using LeakySpanner.Analysis.Retention;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Analysis.Growth;

/// <summary>Other containers that hold the same new entries: freeing one place alone would not free them.</summary>
internal static class SharedHolders
{
    private const int Listed = 5;

    /// <summary>Of a place's entries, what another container must hold to be mentioned: requests in flight hold some too.</summary>
    private const double LeastShare = 0.2;

    /// <summary>One pass over all edges.</summary>
    /// <param name="entries">New entries, each with the number of the place that it hangs at.</param>
    public static ImmutableArray<string>[] Find(HeapGraph graph, RootPaths paths, Dictionary<int, int> entries, List<GrowthSpot> spots)
    {
        var wanted = new System.Collections.BitArray(graph.NodeCount);
        foreach (var entry in entries.Keys)
            wanted[entry] = true;
        var holders = spots.Select(_ => new Dictionary<int, int>()).ToArray();
        for (var node = 0; node < graph.NodeCount; node++)
        {
            if (!DataContainers.Is(graph, node) || !paths.IsReachable(new NodeId(node)))
                continue;
            foreach (var target in graph.EdgesOf(new NodeId(node)))
            {
                if (target < 0 || !wanted[target] || entries[target] is var place && (spots[place].Node == node || paths.Parents[target] == node))
                    continue;
                holders[place][node] = holders[place].GetValueOrDefault(node) + 1;
            }
        }

        var counts = entries.Values.CountBy(place => place).ToDictionary();
        return [.. holders.Select((found, place) => found.Where(pair => pair.Value >= LeastShare * counts.GetValueOrDefault(place)).OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key).Take(Listed)
            .Select(pair => paths.PathTo(new NodeId(pair.Key))!.Name).Distinct().ToImmutableArray())];
    }
}
