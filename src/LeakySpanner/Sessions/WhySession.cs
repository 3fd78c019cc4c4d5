using System.Collections.Immutable;
using LeakySpanner.Analysis.Retention;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Sessions;

/// <summary>Answers `why` from a snapshot alone.</summary>
public static class WhySession
{
    private const int MostHolders = 5;

    /// <param name="graph">The heap.</param>
    /// <param name="asked">An address, a path from a module, or a type's name.</param>
    /// <param name="most">Objects to show.</param>
    public static WhyAnswer Answer(HeapGraph graph, string asked, int most)
    {
        var found = ObjectSearch.Find(graph, asked);
        if (found.Count == 0)
            return new WhyAnswer(asked, 0, []);
        var dominators = DominatorTree.Compute(graph);
        var paths = RootPaths.Compute(graph);
        var shown = found.OrderByDescending(dominators.RetainedSize).ThenBy(node => node.Value).Take(most).ToArray();
        var holders = Holders(graph, shown);
        return new WhyAnswer(asked, found.Count, [.. shown.Select(node =>
        {
            var path = paths.PathTo(node);
            return new KeptObject(
                graph.AddressOf(node), graph.TypeOf(node).Name, graph.SizeOf(node), dominators.RetainedSize(node),
                path?.Segments ?? [], path?.Name,
                [.. holders[node].Nodes.Select(holder => $"{graph.TypeOf(holder).Name} {paths.PathTo(holder)?.Name ?? "that no root leads to"}")],
                holders[node].Count);
        })]);
    }

    /// <summary>One pass over all edges, however many objects are asked for.</summary>
    private static Dictionary<NodeId, (int Count, ImmutableArray<NodeId> Nodes)> Holders(HeapGraph graph, NodeId[] targets)
    {
        var found = targets.ToDictionary(target => target.Value, _ => new List<NodeId>());
        var counts = targets.ToDictionary(target => target.Value, _ => 0);
        for (var node = 0; node < graph.NodeCount; node++)
        {
            foreach (var edge in graph.EdgesOf(new NodeId(node)))
            {
                if (edge < 0 || !found.TryGetValue(edge, out var nodes) || (nodes.Count > 0 && nodes[^1].Value == node))
                    continue;
                counts[edge]++;
                if (nodes.Count < MostHolders)
                    nodes.Add(new NodeId(node));
            }
        }

        return targets.ToDictionary(target => target, target => (counts[target.Value], found[target.Value].ToImmutableArray()));
    }
}
