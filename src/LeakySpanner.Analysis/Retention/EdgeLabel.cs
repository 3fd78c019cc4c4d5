using LeakySpanner.Model.Heap;

namespace LeakySpanner.Analysis.Retention;

internal enum EdgeRole
{
    Field,
    Value,
    Key,
    Item,
    Unlabelled,
}

/// <summary>How one object holds another.</summary>
/// <param name="Role">By field, as value or key of a pair, as item.</param>
/// <param name="Name">The field's name, or the key's text where it is a name; else null.</param>
/// <param name="Index">Position among the items.</param>
internal readonly record struct EdgeLabel(EdgeRole Role, string? Name, int Index)
{
    /// <summary>Costs a look through the edges of <paramref name="from"/>.</summary>
    public static EdgeLabel Find(HeapGraph graph, int from, int to)
    {
        var type = graph.TypeOf(new NodeId(from));
        var edges = graph.EdgesOf(new NodeId(from));
        var fields = type.Fields.Length;
        var asKey = -1;
        for (var at = 0; at < edges.Length; at++)
        {
            if (edges[at] != to)
                continue;
            if (at < fields)
                return new EdgeLabel(EdgeRole.Field, type.Fields[at], at);
            var index = at - fields;
            switch (type.Tail)
            {
                case EdgeTail.Pairs when (index & 1) == 1:
                    return new EdgeLabel(EdgeRole.Value, graph.Names.GetValueOrDefault(edges[at - 1]), index / 2);
                case EdgeTail.Pairs:
                    asKey = asKey < 0 ? index / 2 : asKey;
                    break;
                case EdgeTail.Items or EdgeTail.Members:
                    return new EdgeLabel(EdgeRole.Item, null, index);
                default:
                    return new EdgeLabel(EdgeRole.Unlabelled, null, index);
            }
        }

        return asKey >= 0 ? new EdgeLabel(EdgeRole.Key, null, asKey) : new EdgeLabel(EdgeRole.Unlabelled, null, 0);
    }
}
