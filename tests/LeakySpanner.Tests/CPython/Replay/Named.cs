using LeakySpanner.Analysis.Retention;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Tests.CPython.Replay;

/// <summary>Objects of the recorded script by the names that it gives them.</summary>
internal static class Named
{
    public static NodeId Find(HeapGraph graph, string global) => ObjectSearch.Find(graph, "__main__." + global).Single();

    /// <summary>A local of the frame, generator or coroutine that runs a function. What waits has its locals itself, or, to 3.10, its frame has them.</summary>
    public static NodeId Local(HeapGraph graph, string runs, string name)
    {
        var node = OfType(graph, runs).First();
        if (graph.TypeOf(node).Fields.Contains(name))
            return graph.Field(node, name);
        var frame = "frame " + runs[(runs.IndexOf(' ', StringComparison.Ordinal) + 1)..];
        return graph.Field(graph.EdgesOf(node).ToArray().Where(target => target >= 0).Select(target => new NodeId(target)).Single(target => graph.TypeOf(target).Name == frame), name);
    }

    public static IEnumerable<NodeId> OfType(HeapGraph graph, string type) =>
        Enumerable.Range(0, graph.NodeCount).Select(i => new NodeId(i)).Where(node => graph.TypeOf(node).Name == type);
}
