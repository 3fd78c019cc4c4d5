using System.Collections.Immutable;

namespace LeakySpanner.Model.Heap;

/// <summary>Where an access path starts, inside a function.</summary>
public enum PathOrigin : byte
{
    Global,
    Local,

    /// <summary>A closure's variable.</summary>
    Cell,

    /// <summary>The result of something that was not followed; only the attributes are known.</summary>
    Unknown,
}

/// <summary>A name as code reaches it: "results_cache", "self.sessions", "app.state.cache".</summary>
/// <param name="Origin">Where the path starts.</param>
/// <param name="Name">The variable, or "" where the origin is unknown.</param>
/// <param name="Attributes">Attribute names after it; "[]" stands for an item taken by subscript.</param>
public sealed record AccessPath(PathOrigin Origin, string Name, ImmutableArray<string> Attributes)
{
    public string LastName => Attributes.IsEmpty ? Name : Attributes[^1];

    public bool Equals(AccessPath? other) =>
        other is not null && Origin == other.Origin && Name == other.Name && Attributes.AsSpan().SequenceEqual(other.Attributes.AsSpan());

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Origin);
        hash.Add(Name);
        foreach (var attribute in Attributes)
            hash.Add(attribute);
        return hash.ToHashCode();
    }

    public override string ToString() => string.Join('.', Attributes.Insert(0, Name)).Replace(".[]", "[]", StringComparison.Ordinal);
}

/// <summary>What an instruction does with the container at the end of an access path.</summary>
public enum CodeAction : byte
{
    /// <summary>Puts something in: a store by subscript, append, add, setdefault, update, put, appendleft, extend, insert.</summary>
    Add,

    /// <summary>Takes one thing out by name: pop(key), remove, discard, del x[key].</summary>
    Remove,

    /// <summary>Makes room without naming what goes: popitem, popleft, pop() or pop(0), clear, del x[:n], x = x[-n:].</summary>
    Evict,

    /// <summary>Asks for its length: len(x).</summary>
    Measure,

    /// <summary>Binds the name itself anew.</summary>
    Rebind,

    /// <summary>Calls it, or hands it on as an argument (a callback, a task, a dependency).</summary>
    Call,
}

/// <param name="Line">Line in the code's file; 0 where the line table does not tell.</param>
/// <param name="Action">What is done.</param>
/// <param name="Path">To what.</param>
/// <param name="Method">The method or operation by which it is done: "append", "[]=", "del []", "len"; empty for calls.</param>
public readonly record struct CodeUse(int Line, CodeAction Action, AccessPath Path, string Method);

/// <summary>What one function's code says about names, decoded from its instructions; nothing is executed.</summary>
/// <param name="Node">The code object.</param>
/// <param name="Name">Qualified name without module: "Search.lookup", "search".</param>
/// <param name="File">As the code object says it.</param>
/// <param name="FirstLine">Line of the definition.</param>
/// <param name="Uses">In order of instructions.</param>
public sealed record CodeInfo(NodeId Node, string Name, string File, int FirstLine, ImmutableArray<CodeUse> Uses)
{
    /// <summary>Names of the positional parameters, in order; empty where they were not read.</summary>
    public ImmutableArray<string> Parameters { get; init; } = [];
}

/// <summary>A row of a framework's routing table, read from the heap.</summary>
/// <param name="Method">"GET", or several joined by a bar.</param>
/// <param name="Template">"/query/{q}".</param>
/// <param name="Endpoint">The function (or class) that serves it.</param>
/// <param name="Dependencies">Other functions that run for it (dependencies).</param>
public sealed record RouteInfo(string Method, string Template, NodeId Endpoint, ImmutableArray<NodeId> Dependencies)
{
    public override string ToString() => $"{Method} {Template}";
}
