using LeakySpanner.Model.Heap;

namespace LeakySpanner.Analysis.Attribution;

/// <summary>
/// The program as it stands in a heap: which functions run a code object, which class a function belongs to, which
/// code is nested in which. Built once per snapshot, in one pass over the objects.
/// </summary>
public sealed class ProgramIndex
{
    private readonly Dictionary<int, CodeInfo> _codes = [];
    private readonly Dictionary<int, List<NodeId>> _functions = [];
    private readonly Dictionary<int, int> _enclosing = [];
    private readonly Dictionary<int, List<NodeId>> _nested = [];
    private readonly Dictionary<int, NodeId> _classes = [];
    private readonly Dictionary<string, List<NodeId>> _methods = [];
    private readonly Dictionary<int, NodeId> _instances = [];

    public ProgramIndex(HeapGraph graph)
    {
        Graph = graph;
        Objects = new ObjectLookup(graph);
        foreach (var code in graph.Codes)
            _codes.TryAdd(code.Node.Value, code);
        for (var i = 0; i < graph.NodeCount; i++)
        {
            var node = new NodeId(i);
            switch (graph.KindOf(node))
            {
                case ObjectKind.Function:
                    var code = graph.Field(node, "__code__");
                    if (!code.IsNone)
                        Add(_functions, code.Value, node);
                    break;
                case ObjectKind.Code:
                    NoteNested(node);
                    break;
                case ObjectKind.Type:
                    NoteMembers(node);
                    break;
                default:
                    break;
            }
        }
    }

    public HeapGraph Graph { get; }

    public ObjectLookup Objects { get; }

    public CodeInfo? CodeAt(NodeId code) => _codes.GetValueOrDefault(code.Value);

    /// <summary>Functions that run the code; for code that is made into a function only while another one runs (a lambda,
    /// a comprehension), the functions around it.</summary>
    public IReadOnlyList<NodeId> FunctionsOf(NodeId code)
    {
        for (var depth = 0; depth < 8; depth++)
        {
            if (_functions.TryGetValue(code.Value, out var functions))
                return functions;
            if (!_enclosing.TryGetValue(code.Value, out var outer))
                return [];
            code = new NodeId(outer);
        }

        return [];
    }

    public IReadOnlyList<NodeId> NestedIn(NodeId code) => _nested.GetValueOrDefault(code.Value) ?? (IReadOnlyList<NodeId>)[];

    /// <summary>The class in whose body a function stands, or none.</summary>
    public NodeId ClassOfFunction(NodeId function) => _classes.GetValueOrDefault(function.Value, NodeId.None);

    /// <summary>Functions of application classes by their name.</summary>
    public IReadOnlyList<NodeId> MethodsNamed(string name) => _methods.GetValueOrDefault(name) ?? (IReadOnlyList<NodeId>)[];

    /// <summary>Some instance of a class: what its attributes hold is what any instance's hold, by kind if not by identity.</summary>
    public NodeId SomeInstanceOf(NodeId type)
    {
        if (type.IsNone)
            return NodeId.None;
        if (!_instances.TryGetValue(type.Value, out var instance))
            _instances.Add(type.Value, instance = FindInstanceOf(type));
        return instance;
    }

    public bool IsApplication(NodeId code) => CodeAt(code) is { } info && SourceFiles.IsApplication(info.File);

    private NodeId FindInstanceOf(NodeId type)
    {
        var address = Graph.AddressOf(type);
        for (var row = 0; row < Graph.TypeTable.Length; row++)
        {
            if (Graph.TypeTable[row].Address == address && Graph.TypeTable[row].Kind != ObjectKind.Type)
                return new NodeId(Graph.Types.IndexOf(row));
        }

        return NodeId.None;
    }

    private void NoteNested(NodeId code)
    {
        foreach (var constant in Objects.Tail(Graph.Field(code, "co_consts")))
        {
            if (constant < 0 || Graph.KindOf(new NodeId(constant)) != ObjectKind.Code)
                continue;
            _enclosing.TryAdd(constant, code.Value);
            Add(_nested, code.Value, new NodeId(constant));
        }
    }

    /// <summary>Functions in a class's dict; also those behind a classmethod, staticmethod or property, one step away.</summary>
    private void NoteMembers(NodeId type)
    {
        var dict = Graph.Field(type, "__dict__");
        if (dict.IsNone || Graph.TypeOf(dict).Tail != EdgeTail.Pairs)
            return;
        var pairs = Objects.Tail(dict);
        for (var i = 0; i + 1 < pairs.Length; i += 2)
        {
            if (pairs[i] < 0 || pairs[i + 1] < 0 || !Graph.Names.TryGetValue(pairs[i], out var name))
                continue;
            var member = new NodeId(pairs[i + 1]);
            if (Graph.KindOf(member) == ObjectKind.Function)
            {
                NoteMember(type, name, member);
                continue;
            }

            if (Graph.KindOf(member) is ObjectKind.Type or ObjectKind.Mapping or ObjectKind.Sequence or ObjectKind.Set or ObjectKind.Module)
                continue;
            foreach (var target in Graph.EdgesOf(member))
            {
                if (target >= 0 && Graph.KindOf(new NodeId(target)) == ObjectKind.Function)
                    NoteMember(type, name, new NodeId(target));
            }
        }
    }

    private void NoteMember(NodeId type, string name, NodeId function)
    {
        if (!_classes.TryAdd(function.Value, type))
            return;
        if (IsApplication(Graph.Field(function, "__code__")))
        {
            if (!_methods.TryGetValue(name, out var methods))
                _methods.Add(name, methods = []);
            methods.Add(function);
        }

        // A decorated method: what it wraps belongs to the class as well.
        var wrapped = Objects.Attribute(function, "__wrapped__");
        if (!wrapped.IsNone && Graph.KindOf(wrapped) == ObjectKind.Function)
            NoteMember(type, name, wrapped);
    }

    private static void Add(Dictionary<int, List<NodeId>> map, int key, NodeId value)
    {
        if (!map.TryGetValue(key, out var list))
            map.Add(key, list = []);
        list.Add(value);
    }
}
