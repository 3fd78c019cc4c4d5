using LeakySpanner.Model.Heap;

namespace LeakySpanner.Analysis.Retention;

/// <summary>Names that objects have of themselves: classes, functions, code, coroutines, frames.</summary>
internal sealed class ObjectNames(HeapGraph graph)
{
    private readonly Lazy<Dictionary<ulong, string>> _types = new(() =>
    {
        var types = new Dictionary<ulong, string>();
        foreach (var type in graph.TypeTable)
        {
            if (!type.Address.IsNull)
                types.TryAdd(type.Address.Value, type.Name);
        }

        return types;
    });

    private readonly Lazy<Dictionary<int, CodeInfo>> _codes = new(() =>
    {
        var codes = new Dictionary<int, CodeInfo>();
        foreach (var code in graph.Codes)
            codes.TryAdd(code.Node.Value, code);
        return codes;
    });

    private readonly Lazy<Dictionary<int, string>> _modules = new(() =>
    {
        var modules = new Dictionary<int, string>();
        foreach (var root in graph.Roots)
        {
            if (root.Kind == RootKind.Module && graph.Field(root.Node, "__dict__") is { IsNone: false } names)
                modules.TryAdd(names.Value, root.Name);
        }

        return modules;
    });

    public string? NameOf(int node)
    {
        var type = graph.TypeOf(new NodeId(node));
        return type.Kind switch
        {
            ObjectKind.Type => _types.Value.GetValueOrDefault(graph.Addresses[node]),
            ObjectKind.Function => FunctionName(node),
            ObjectKind.Code => _codes.Value.GetValueOrDefault(node)?.Name,
            ObjectKind.Task => TaskName(node),
            ObjectKind.Coroutine or ObjectKind.Frame => AfterSpace(type.Name),
            _ => null,
        };
    }

    /// <summary>"coroutine", "generator", "async generator", "frame".</summary>
    public string Noun(int node)
    {
        var name = graph.TypeOf(new NodeId(node)).Name;
        var space = name.LastIndexOf(' ');
        return space < 0 ? name : name[..space].Replace('_', ' ');
    }

    public CodeInfo? CodeOf(int function)
    {
        var code = FirstField(function, "__code__", "func_code", "f_code", "cr_code", "gi_code");
        return code < 0 ? null : _codes.Value.GetValueOrDefault(code);
    }

    /// <summary>
    /// The name of a closure's variable. The last of a code object's local names are its free variables, in the order of
    /// the closure (Objects/codeobject.c, CPython 3.11).
    /// </summary>
    public string? FreeVariable(int function, int index, int closureLength)
    {
        var code = FirstField(function, "__code__", "func_code");
        var names = code < 0 ? -1 : FirstField(code, "co_localsplusnames", "co_freevars");
        if (names < 0)
            return null;
        var items = graph.EdgesOf(new NodeId(names));
        var at = items.Length - closureLength + index;
        return at < 0 || at >= items.Length ? null : graph.Names.GetValueOrDefault(items[at]);
    }

    private int FirstField(int node, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            var target = graph.Field(new NodeId(node), name);
            if (!target.IsNone)
                return target.Value;
        }

        return -1;
    }

    private string? FunctionName(int node)
    {
        var name = TextOf(FirstField(node, "__qualname__", "func_qualname", "__name__", "func_name")) ?? CodeOf(node)?.Name;

        // A dotted module's name is no identifier, so its text is not kept; its globals tell the module as well.
        var module = TextOf(FirstField(node, "__module__", "func_module")) ?? _modules.Value.GetValueOrDefault(FirstField(node, "__globals__", "func_globals"));
        return module is null || name is null ? name : $"{module}.{name}";
    }

    private string? TaskName(int task)
    {
        foreach (var target in graph.EdgesOf(new NodeId(task)))
        {
            if (target >= 0 && graph.KindOf(new NodeId(target)) == ObjectKind.Coroutine)
                return NameOf(target);
        }

        return null;
    }

    private string? TextOf(int node) => node < 0 ? null : graph.Names.GetValueOrDefault(node);

    private static string AfterSpace(string name) => name[(name.LastIndexOf(' ') + 1)..];
}
