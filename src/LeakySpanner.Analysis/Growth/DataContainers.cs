using LeakySpanner.Model.Heap;

namespace LeakySpanner.Analysis.Growth;

/// <summary>Objects made to hold any number of others, as opposed to those whose parts have fixed names.</summary>
internal static class DataContainers
{
    public static bool Is(HeapGraph graph, int node)
    {
        var type = graph.TypeTable[graph.Types[node]];
        return type.Tail != EdgeTail.None
            && type.Kind is ObjectKind.Mapping or ObjectKind.Sequence or ObjectKind.Set or ObjectKind.Queue or ObjectKind.Cache
            && type.Name != "tuple";
    }
}
