namespace LeakySpanner.Model.Heap;

/// <summary>
/// Finds things in a graph by the names that code would use: attributes wherever they are kept (fields, slots, values
/// beside the object, a dict), entries of name tables, a class's order of resolution. Absent things are
/// <see cref="NodeId.None"/>.
/// </summary>
public sealed class ObjectLookup(HeapGraph graph)
{
    /// <summary>Longer name tables are data, not names: their entries are not searched one by one.</summary>
    private const int LargestNameTable = 1 << 16;

    private readonly Lazy<Dictionary<Address, NodeId>> _classes = new(() => ClassesByAddress(graph));

    public HeapGraph Graph { get; } = graph;

    /// <summary>Instance attribute only: what the object itself holds under that name, not its class.</summary>
    public NodeId Attribute(NodeId node, string name)
    {
        if (node.IsNone)
            return NodeId.None;
        var field = Graph.Field(node, name);
        return field.IsNone ? Entry(Graph.Field(node, "__dict__"), name) : field;
    }

    /// <summary>The value under a key that is an interned name.</summary>
    public NodeId Entry(NodeId mapping, string key)
    {
        if (mapping.IsNone || Graph.TypeOf(mapping).Tail != EdgeTail.Pairs || Graph.LengthOf(mapping) > LargestNameTable)
            return NodeId.None;
        var tail = Tail(mapping);
        for (var i = 0; i + 1 < tail.Length; i += 2)
        {
            if (tail[i] >= 0 && Graph.Names.TryGetValue(tail[i], out var name) && name == key)
                return new NodeId(tail[i + 1]);
        }

        return NodeId.None;
    }

    /// <summary>Items, members, or keys and values in turn; none for an absent node.</summary>
    public ReadOnlySpan<int> Tail(NodeId node)
    {
        if (node.IsNone)
            return [];
        var edges = Graph.EdgesOf(node);
        return edges[Math.Min(edges.Length, Graph.TypeOf(node).Fields.Length)..];
    }

    /// <summary>The class of an object, as a node.</summary>
    public NodeId ClassOf(NodeId node)
    {
        if (node.IsNone)
            return NodeId.None;
        var held = Graph.Field(node, "__class__");
        if (!held.IsNone)
            return held;
        return _classes.Value.GetValueOrDefault(Graph.TypeOf(node).Address, NodeId.None);
    }

    public NodeId ClassAt(Address address) => _classes.Value.GetValueOrDefault(address, NodeId.None);

    /// <summary>A class and its bases in the order in which names are looked up.</summary>
    public ReadOnlySpan<int> ResolutionOrder(NodeId type)
    {
        var order = type.IsNone ? NodeId.None : Graph.Field(type, "__mro__");
        return order.IsNone ? (int[])[type.Value] : Tail(order);
    }

    /// <summary>What a class or one of its bases defines under that name.</summary>
    public NodeId ClassAttribute(NodeId type, string name)
    {
        if (type.IsNone)
            return NodeId.None;
        foreach (var at in ResolutionOrder(type))
        {
            if (at < 0)
                continue;
            var found = Entry(Graph.Field(new NodeId(at), "__dict__"), name);
            if (!found.IsNone)
                return found;
        }

        return NodeId.None;
    }

    private static Dictionary<Address, NodeId> ClassesByAddress(HeapGraph graph)
    {
        var classes = new Dictionary<Address, NodeId>();
        for (var i = 0; i < graph.NodeCount; i++)
        {
            if (graph.KindOf(new NodeId(i)) == ObjectKind.Type)
                classes.TryAdd(graph.AddressOf(new NodeId(i)), new NodeId(i));
        }

        return classes;
    }
}
