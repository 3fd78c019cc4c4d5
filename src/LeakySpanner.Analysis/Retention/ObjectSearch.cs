using System.Globalization;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Analysis.Retention;

/// <summary>
/// The objects that a person means by an address ("0x7f12..."), by a path from a module ("app.cache.results_cache"), or by
/// a type's name ("app.models.User", "User").
/// </summary>
public static class ObjectSearch
{
    /// <summary>Cost: one pass over the nodes at most. All objects of a type are returned, in the order of their ids.</summary>
    public static IReadOnlyList<NodeId> Find(HeapGraph graph, string text)
    {
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            return FindAddress(graph, text.AsSpan(2));
        var path = FindPath(graph, text);
        return path.IsNone ? FindType(graph, text) : [path];
    }

    private static IReadOnlyList<NodeId> FindAddress(HeapGraph graph, ReadOnlySpan<char> digits)
    {
        if (!ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var address))
            return [];
        var index = graph.Addresses.IndexOf(address);
        return index < 0 ? [] : [new NodeId(index)];
    }

    /// <summary>The longest module name that begins the path, then an attribute or a key for each further part.</summary>
    private static NodeId FindPath(HeapGraph graph, string path)
    {
        var best = NodeId.None;
        var rest = "";
        var longest = -1;
        foreach (var root in graph.Roots)
        {
            if (root.Kind != RootKind.Module || root.Name.Length <= longest)
                continue;
            if (path == root.Name || (path.StartsWith(root.Name, StringComparison.Ordinal) && path[root.Name.Length] == '.'))
                (best, rest, longest) = (root.Node, path[Math.Min(path.Length, root.Name.Length + 1)..], root.Name.Length);
        }

        var lookup = new ObjectLookup(graph);
        foreach (var part in rest.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            if (best.IsNone)
                break;
            var attribute = lookup.Attribute(best, part);
            if (attribute.IsNone)
                attribute = lookup.ClassAttribute(best, part);
            best = attribute.IsNone ? lookup.Entry(best, part) : attribute;
        }

        return best;
    }

    private static List<NodeId> FindType(HeapGraph graph, string name)
    {
        var matches = new bool[graph.TypeTable.Length];
        for (var i = 0; i < matches.Length; i++)
        {
            var full = graph.TypeTable[i].Name;
            matches[i] = full == name || full.EndsWith("." + name, StringComparison.Ordinal);
        }

        var nodes = new List<NodeId>();
        for (var i = 0; i < graph.NodeCount; i++)
        {
            if (matches[graph.Types[i]])
                nodes.Add(new NodeId(i));
        }

        return nodes;
    }
}
