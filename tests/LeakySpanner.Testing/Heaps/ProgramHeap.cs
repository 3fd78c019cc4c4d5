using System.Collections.Immutable;
using LeakySpanner.Model;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Testing.Heaps;

/// <summary>
/// A heap as a Python program lays it out, with names as a walk finds them: modules, classes, functions, closures. Edges may
/// be given in any order; types are made on first use.
/// </summary>
public sealed class ProgramHeap
{
    private static readonly ImmutableArray<string> FunctionFields = ["__globals__", "__name__", "__code__", "__defaults__", "__kwdefaults__", "__closure__", "__dict__"];

    private HeapGraph? _graph;
    private readonly HeapGraphBuilder _builder = new();
    private readonly Dictionary<string, (TypeId Id, TypeInfo Info)> _types = [];
    private readonly Dictionary<int, int[]> _edges = [];
    private readonly Dictionary<string, NodeId> _texts = [];
    private readonly Dictionary<NodeId, string> _secrets = [];

    /// <summary>An interned name.</summary>
    public NodeId Name(string text)
    {
        if (_texts.TryGetValue(text, out var node))
            return node;
        node = Add(Type("str", ObjectKind.Text), []);
        _builder.SetName(node, text);
        _texts.Add(text, node);
        return node;
    }

    /// <summary>A str that is not interned: only <see cref="TextOf"/> knows it.</summary>
    public NodeId Text(string text)
    {
        var node = Add(Type("str", ObjectKind.Text), []);
        _secrets.Add(node, text);
        return node;
    }

    public string? TextOf(NodeId node) => _secrets.GetValueOrDefault(node);

    public NodeId Dict(params (string Key, NodeId Value)[] entries) =>
        Add(Type("dict", ObjectKind.Mapping, [], EdgeTail.Pairs), [.. entries.SelectMany(entry => new[] { Name(entry.Key).Value, entry.Value.Value })]);

    /// <summary>A container of that type with so many entries of no interest.</summary>
    public NodeId Container(string type, ObjectKind kind, int length)
    {
        var tail = kind == ObjectKind.Mapping ? EdgeTail.Pairs : kind == ObjectKind.Set ? EdgeTail.Members : EdgeTail.Items;
        var item = Add(Type("object", ObjectKind.Instance), []);
        return Add(Type(type, kind, [], tail), [.. Enumerable.Repeat(item.Value, tail == EdgeTail.Pairs ? 2 * length : length)]);
    }

    public NodeId List(params NodeId[] items) => Add(Type("list", ObjectKind.Sequence, [], EdgeTail.Items), [.. items.Select(item => item.Value)]);

    public NodeId Tuple(params NodeId[] items) => Add(Type("tuple", ObjectKind.Sequence, [], EdgeTail.Items), [.. items.Select(item => item.Value)]);

    public NodeId Set(params NodeId[] items) => Add(Type("set", ObjectKind.Set, [], EdgeTail.Members), [.. items.Select(item => item.Value)]);

    public NodeId Module(string name, params (string Key, NodeId Value)[] names) => ModuleOf(name, Dict(names));

    public NodeId ModuleOf(string name, NodeId dict)
    {
        var node = Add(Type("module", ObjectKind.Module, ["__dict__"], EdgeTail.Unlabelled), [dict.Value]);
        _builder.AddRoot(RootKind.Module, name, node);
        return node;
    }

    /// <summary>A dict whose entries are given later, because functions in it refer to it.</summary>
    public NodeId Namespace() => Add(Type("dict", ObjectKind.Mapping, [], EdgeTail.Pairs), []);

    public void Fill(NodeId dict, params (string Key, NodeId Value)[] entries) =>
        _edges[dict.Value] = [.. entries.SelectMany(entry => new[] { Name(entry.Key).Value, entry.Value.Value })];

    /// <summary>Items that were not there yet when the list was made.</summary>
    public void SetItems(NodeId list, params NodeId[] items) => _edges[list.Value] = [.. items.Select(item => item.Value)];

    /// <summary>A class whose instances have that qualified name in the type table.</summary>
    public NodeId Class(string name, NodeId dict, params NodeId[] bases)
    {
        var node = Add(Type("type", ObjectKind.Type, ["__dict__", "__mro__"], EdgeTail.Unlabelled), []);
        Type(name, ObjectKind.Instance, ["__class__", "__dict__"], EdgeTail.None, AddressOf(node));
        _edges[node.Value] = [dict.Value, Tuple([node, .. bases]).Value];
        return node;
    }

    /// <summary>An object with a dict; of a class made before, or of a name alone.</summary>
    public NodeId Instance(string className, NodeId type, params (string Key, NodeId Value)[] attributes) =>
        Add(Type(className, ObjectKind.Instance, ["__class__", "__dict__"]), [type.Value, Dict(attributes).Value]);

    public NodeId Instance(string className, params (string Key, NodeId Value)[] attributes) => Instance(className, NodeId.None, attributes);

    public NodeId Code(string name, string file, int line, params CodeUse[] uses) => Code(name, file, line, [], uses);

    public NodeId Code(string name, string file, int line, NodeId[] nested, params CodeUse[] uses)
    {
        var node = Add(Type("code", ObjectKind.Code, ["co_consts"]), [Tuple(nested).Value]);
        _builder.AddCode(new CodeInfo(node, name, file, line, [.. uses]));
        return node;
    }

    public NodeId Function(NodeId code, NodeId globals, NodeId closure = default, NodeId defaults = default, NodeId wrapped = default)
    {
        var dict = wrapped == default ? NodeId.None : Dict(("__wrapped__", wrapped));
        return Add(
            Type("function", ObjectKind.Function, FunctionFields),
            [globals.Value, NodeId.None.Value, code.Value, defaults == default ? -1 : defaults.Value, -1, closure == default ? -1 : closure.Value, dict.Value]);
    }

    public NodeId Cell(NodeId content) => Add(Type("cell", ObjectKind.Cell, ["cell_contents"]), [content.Value]);

    public NodeId BoundMethod(NodeId function, NodeId self) => Add(Type("method", ObjectKind.Method, ["__func__", "__self__"]), [function.Value, self.Value]);

    /// <summary>functools.lru_cache's wrapper around a function.</summary>
    public NodeId Memo(NodeId store, NodeId function) =>
        Add(Type("functools._lru_cache_wrapper", ObjectKind.Cache, ["cache", "__wrapped__"]), [store.Value, function.Value]);

    /// <summary>A suspended coroutine, its locals by name.</summary>
    public NodeId Coroutine(string name, NodeId function, params (string Name, NodeId Value)[] locals) =>
        Add(
            Type(name, ObjectKind.Coroutine, ["__function__", .. locals.Select(local => local.Name)], EdgeTail.Unlabelled),
            [function.Value, .. locals.Select(local => local.Value.Value)]);

    public void SetBound(NodeId node, long bound) => _builder.SetBound(node, bound);

    public void Route(string method, string template, NodeId endpoint, params NodeId[] dependencies) =>
        _builder.AddRoute(new RouteInfo(method, template, endpoint, [.. dependencies]));

    /// <summary>The finished heap; nothing can be added once it was asked for.</summary>
    public HeapGraph Graph => _graph ??= Build();

    public HeapGraph Build()
    {
        // The first node is nobody's, so that a default NodeId in a test names nothing by accident.
        foreach (var (node, edges) in _edges.OrderBy(pair => pair.Key))
            _builder.AddEdges(new NodeId(node), edges);
        return _builder.Build();
    }

    private static Address AddressOf(NodeId node) => new(0x1000 + ((ulong)node.Value * 64));

    private TypeId Type(string name, ObjectKind kind, ImmutableArray<string> fields = default, EdgeTail tail = EdgeTail.None, Address address = default)
    {
        if (_types.TryGetValue(name, out var known))
            return known.Id;
        var info = new TypeInfo(name, kind, fields.IsDefault ? [] : fields, tail, Address: address);
        var id = _builder.AddType(info);
        _types.Add(name, (id, info));
        return id;
    }

    private NodeId Add(TypeId type, int[] edges)
    {
        if (_builder.NodeCount == 0)
            _builder.AddNode(AddressOf(new NodeId(0)), Type("object", ObjectKind.Instance), 16);
        var node = new NodeId(_builder.NodeCount);
        _builder.AddNode(AddressOf(node), type, 64);
        _edges[node.Value] = edges;
        return node;
    }
}
