using LeakySpanner.Analysis.Retention;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Analysis.Growth;

/// <summary>
/// Which object a person would call the container: the cache, not the dict inside of a library's cache; the variable, not
/// the namespace in which it was bound anew.
/// </summary>
internal sealed class HolderNaming(HeapGraph graph, RootPaths paths)
{
    public (int Node, RetentionPath Path) Present(int node)
    {
        while (paths.Parents[node] is var parent and >= 0 && IsInside(parent, node))
            node = parent;
        return (node, paths.PathTo(new NodeId(node))!);
    }

    private bool IsInside(int parent, int node)
    {
        var kind = graph.KindOf(new NodeId(parent));
        var grandparent = paths.Parents[parent];
        var label = EdgeLabel.Find(graph, parent, node);
        if (label.Role == EdgeRole.Field)
        {
            // The part of a container written in C, such as the dict of an lru_cache; and a namespace for its owner.
            return kind == ObjectKind.Cache || label.Name == "__dict__" || (kind == ObjectKind.Instance && IsPrivate(label.Name, parent));
        }

        return kind == ObjectKind.Mapping && label is { Role: EdgeRole.Value, Name: { } name } && grandparent >= 0
            && graph.KindOf(new NodeId(grandparent)) == ObjectKind.Instance
            && graph.Field(new NodeId(grandparent), "__dict__").Value == parent && IsPrivate(name, grandparent);
    }

    /// <summary>A private attribute of a class that comes from another package than the one that holds its instance.</summary>
    private bool IsPrivate(string? attribute, int instance)
    {
        if (attribute is null || !attribute.StartsWith('_') || attribute.StartsWith("__", StringComparison.Ordinal))
            return false;
        var type = graph.TypeOf(new NodeId(instance)).Name;
        var root = paths.RootOf(new NodeId(instance));
        return root is { Kind: RootKind.Module, Name: var module } && Package(type) != Package(module);
    }

    private static string Package(string name)
    {
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? name : name[..dot];
    }
}
