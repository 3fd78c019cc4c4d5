using System.Collections.Frozen;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Analysis.Attribution;

/// <summary>
/// Which code a piece of code may run: what it calls by name, what it hands on as a callback, what is nested in it, and
/// what a decorator has put around it. Names are resolved by identity; where the object is unknown, a method counts if
/// few application classes have one of that name.
/// </summary>
public sealed class CallGraph(ProgramIndex program)
{
    /// <summary>A method name that more classes share says nothing.</summary>
    private const int MostNamesakes = 3;
    private const int MostCallees = 512;

    /// <summary>What dicts, lists, sets and texts can do: of an unknown object, such a name says nothing.</summary>
    private static readonly FrozenSet<string> BuiltinMethods = FrozenSet.Create(
        "get", "items", "values", "keys", "copy", "setdefault", "update", "pop", "popitem", "clear", "append", "extend", "insert", "remove", "add", "discard",
        "appendleft", "popleft", "sort", "index", "count", "join", "split", "format", "encode", "decode", "read", "write", "close", "send");

    private readonly HeapGraph _graph = program.Graph;
    private readonly ObjectLookup _objects = program.Objects;
    private readonly PathResolver _resolver = new(program);
    private readonly Dictionary<int, IReadOnlyList<NodeId>> _callees = [];

    /// <summary>Code objects that the code may run, itself excluded.</summary>
    public IReadOnlyList<NodeId> CalleesOf(NodeId code)
    {
        if (_callees.TryGetValue(code.Value, out var known))
            return known;
        var found = new HashSet<NodeId>();
        found.UnionWith(program.NestedIn(code));
        foreach (var function in program.FunctionsOf(code))
        {
            AddWrapped(function, found);
            foreach (var use in program.CodeAt(code)?.Uses ?? [])
            {
                if (found.Count < MostCallees)
                    AddCallee(function, use, found);
            }
        }

        found.Remove(code);
        return _callees[code.Value] = [.. found];
    }

    /// <summary>The code that runs when an object is called: a function's, a bound method's, a class's constructor.</summary>
    public IReadOnlyCollection<NodeId> CodesOf(NodeId callable)
    {
        var found = new HashSet<NodeId>();
        AddCodes(callable, found, 0);
        return found;
    }

    private void AddCallee(NodeId function, CodeUse use, HashSet<NodeId> found)
    {
        var (path, method) = (use.Path, use.Method);
        if (use.Action == CodeAction.Rebind)
            return;
        if (use.Action != CodeAction.Call)
        {
            // "registry.add(x)" is a container's method only where registry is a container.
            if (method.Length == 0 || !char.IsLetter(method[0]) || use.Action == CodeAction.Measure)
                return;
            path = path with { Attributes = path.Attributes.Add(method) };
        }

        var target = _resolver.Resolve(function, path);
        if (!target.IsNone)
        {
            AddCodes(target, found, 0);
            return;
        }

        if (path.Attributes.IsEmpty || path.LastName == "[]")
            return;

        // The receiver is known and has no such attribute: nothing is called that stands in the heap.
        if (path.Origin == PathOrigin.Global && !_resolver.Resolve(function, path, path.Attributes.Length - 1).IsNone)
            return;
        if (path is { Name: "self" or "cls", Attributes.Length: 1 })
        {
            AddCodes(_objects.ClassAttribute(program.ClassOfFunction(function), path.LastName), found, 0);
            return;
        }

        if (BuiltinMethods.Contains(path.LastName))
            return;
        var namesakes = program.MethodsNamed(path.LastName);
        if (namesakes.Count > MostNamesakes)
            return;
        foreach (var namesake in namesakes)
            AddCodes(namesake, found, 0);
    }

    private void AddCodes(NodeId callable, HashSet<NodeId> found, int depth)
    {
        const int deepestWrapping = 6;
        if (callable.IsNone || depth > deepestWrapping)
            return;
        switch (_graph.KindOf(callable))
        {
            case ObjectKind.Function:
                var code = _graph.Field(callable, "__code__");
                if (!code.IsNone)
                    found.Add(code);
                return;
            case ObjectKind.Method:
                AddCodes(_graph.Field(callable, "__func__"), found, depth + 1);
                return;
            case ObjectKind.Type:
                foreach (var constructor in (string[])["__init__", "__call__", "dispatch", "get", "post", "put", "delete", "on_receive"])
                    AddCodes(_objects.ClassAttribute(callable, constructor), found, depth + 1);
                return;
            case ObjectKind.Mapping or ObjectKind.Sequence or ObjectKind.Set or ObjectKind.Module or ObjectKind.Text or ObjectKind.Number:
                return;
            default:
                break;
        }

        // Memoized functions, partials, class methods and other wrappers; an object that can be called.
        AddCodes(_objects.Attribute(callable, "__wrapped__"), found, depth + 1);
        AddCodes(_graph.Field(callable, "func"), found, depth + 1);
        AddCodes(_objects.ClassAttribute(_objects.ClassOf(callable), "__call__"), found, depth + 1);
        if (_graph.TypeOf(callable).Name is "classmethod" or "staticmethod" or "property")
        {
            foreach (var target in _graph.EdgesOf(callable))
            {
                if (target >= 0 && _graph.KindOf(new NodeId(target)) == ObjectKind.Function)
                    AddCodes(new NodeId(target), found, depth + 1);
            }
        }
    }

    /// <summary>A decorator's wrapper holds the function that it wraps in its closure.</summary>
    private void AddWrapped(NodeId function, HashSet<NodeId> found)
    {
        AddCodes(_objects.Attribute(function, "__wrapped__"), found, 0);
        foreach (var cell in _objects.Tail(_graph.Field(function, "__closure__")))
        {
            var content = cell < 0 ? NodeId.None : _graph.Field(new NodeId(cell), "cell_contents");
            if (!content.IsNone && _graph.KindOf(content) is ObjectKind.Function or ObjectKind.Method)
                AddCodes(content, found, 0);
        }
    }
}
