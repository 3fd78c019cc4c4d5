using LeakySpanner.Model.Heap;

namespace LeakySpanner.Analysis.Attribution;

/// <summary>
/// What an access path names, looked up as the interpreter would, but in a heap: globals through the function's own
/// globals, free variables through its cells, self through its class. By identity, so that a name imported elsewhere, or
/// under another name, is still the same container.
/// </summary>
public sealed class PathResolver(ProgramIndex program)
{
    private readonly HeapGraph _graph = program.Graph;
    private readonly ObjectLookup _objects = program.Objects;

    /// <summary>The object, or none where it cannot be known. Items taken by subscript are not followed.</summary>
    public NodeId Resolve(NodeId function, AccessPath path) => Resolve(function, path, path.Attributes.Length);

    /// <param name="function">In which the path stands.</param>
    /// <param name="path">The path.</param>
    /// <param name="attributes">How many of its attributes to follow.</param>
    public NodeId Resolve(NodeId function, AccessPath path, int attributes)
    {
        var at = Start(function, path);
        for (var i = 0; i < attributes && !at.IsNone; i++)
            at = AttributeOf(at, path.Attributes[i]);
        return at;
    }

    /// <summary>The object's own attribute, or its class's; for a class, its own or its bases'; for a module, its global.</summary>
    public NodeId AttributeOf(NodeId node, string name)
    {
        if (name == "[]")
            return NodeId.None;
        if (_graph.KindOf(node) == ObjectKind.Type)
            return _objects.ClassAttribute(node, name);
        var own = _objects.Attribute(node, name);
        if (own.IsNone)
            own = _objects.ClassAttribute(_objects.ClassOf(node), name);

        // Starlette's State lends the keys of this dict as attributes.
        return own.IsNone ? _objects.Entry(_objects.Attribute(node, "_state"), name) : own;
    }

    /// <summary>The cell that a function's free variable of that name is kept in.</summary>
    public NodeId CellOf(NodeId function, string name)
    {
        var cells = _objects.Tail(_graph.Field(function, "__closure__"));
        var code = _graph.Field(function, "__code__");
        var names = _objects.Tail(_graph.Field(code, "co_localsplusnames"));
        if (names.IsEmpty)
            names = _objects.Tail(_graph.Field(code, "co_freevars"));
        if (cells.IsEmpty)
            return NodeId.None;

        // Free variables are the last of the code's locals, in the order of the closure.
        var first = names.Length - cells.Length;
        for (var i = 0; first >= 0 && i < cells.Length; i++)
        {
            if (names[first + i] >= 0 && _graph.Names.TryGetValue(names[first + i], out var found) && found == name)
                return new NodeId(cells[i]);
        }

        return names.IsEmpty && cells.Length == 1 ? new NodeId(cells[0]) : NodeId.None;
    }

    private NodeId Start(NodeId function, AccessPath path)
    {
        switch (path.Origin)
        {
            case PathOrigin.Global:
                return _objects.Entry(_graph.Field(function, "__globals__"), path.Name);
            case PathOrigin.Cell:
                var cell = CellOf(function, path.Name);
                if (!cell.IsNone)
                    return _graph.Field(cell, "cell_contents");
                break;
            case PathOrigin.Local:
                break;
            default:
                return NodeId.None;
        }

        var type = program.ClassOfFunction(function);
        return path.Name switch
        {
            "self" => program.SomeInstanceOf(type),
            "cls" => type,
            _ => NodeId.None,
        };
    }
}
