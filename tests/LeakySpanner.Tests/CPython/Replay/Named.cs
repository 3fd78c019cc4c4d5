using LeakySpanner.Analysis.Retention;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Tests.CPython.Replay;

/// <summary>Objects of the recorded script by the names that it gives them.</summary>
internal static class Named
{
    public static NodeId Find(HeapGraph graph, string global) => ObjectSearch.Find(graph, "__main__." + global).Single();

    /// <summary>A local of the frame, generator or coroutine that runs a function.</summary>
    public static NodeId Local(HeapGraph graph, string runs, string name)
    {
        for (var i = 0; i < graph.NodeCount; i++)
        {
            var node = new NodeId(i);
            if (graph.TypeOf(node).Name == runs)
                return graph.Field(node, name);
        }

        return NodeId.None;
    }

    public static IEnumerable<NodeId> OfType(HeapGraph graph, string type) =>
        Enumerable.Range(0, graph.NodeCount).Select(i => new NodeId(i)).Where(node => graph.TypeOf(node).Name == type);
}
