using System.Collections.Immutable;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Routes;

/// <summary>Rows found so far, and the lookups that every framework's reader shares.</summary>
internal sealed class RouteTable(ObjectLookup objects, Func<NodeId, string?> text)
{
    /// <summary>The method of a row that answers any.</summary>
    public const string AnyMethod = "ANY";

    /// <summary>Far beyond any application; corrupt memory stops here.</summary>
    private const int MostRoutes = 20_000;
    private const int LongestTemplate = 1024;

    private readonly List<RouteInfo> _routes = [];
    private readonly HashSet<(string Method, string Template, NodeId Endpoint)> _seen = [];

    public ObjectLookup Objects { get; } = objects;

    public HeapGraph Graph => Objects.Graph;

    public bool IsFull => _routes.Count >= MostRoutes;

    public ImmutableArray<RouteInfo> ToImmutable() => [.. _routes];

    public void Add(string method, string template, NodeId endpoint, ImmutableArray<NodeId> dependencies)
    {
        if (!IsFull && !endpoint.IsNone && _seen.Add((method, template, endpoint)))
            _routes.Add(new RouteInfo(method, template, endpoint, dependencies));
    }

    public NodeId Attribute(NodeId node, string name) => Objects.Attribute(node, name);

    public string? Text(NodeId node)
    {
        if (node.IsNone || Graph.KindOf(node) != ObjectKind.Text)
            return null;
        var found = Graph.Names.TryGetValue(node.Value, out var name) ? name : text(node);
        return found is { Length: <= LongestTemplate } ? found : null;
    }

    public string? Text(NodeId node, string attribute) => Text(Attribute(node, attribute));

    /// <summary>Objects of a class, or of a class that derives from it, by its qualified name.</summary>
    public List<NodeId> InstancesOf(params ReadOnlySpan<string> classes)
    {
        var found = new List<NodeId>();
        var rows = new bool[Graph.TypeTable.Length];
        var any = false;
        for (var row = 0; row < rows.Length; row++)
            any |= rows[row] = DerivesFrom(Graph.TypeTable[row], classes);
        if (!any)
            return found;
        var types = Graph.Types;
        for (var i = 0; i < types.Length; i++)
        {
            if (rows[types[i]])
                found.Add(new NodeId(i));
        }

        return found;
    }

    public bool IsA(NodeId node, params ReadOnlySpan<string> classes) => !node.IsNone && DerivesFrom(Graph.TypeOf(node), classes);

    /// <summary>Items of a list or tuple, members of a set, values of a mapping; absent ones left out.</summary>
    public List<NodeId> Items(NodeId node)
    {
        var found = new List<NodeId>();
        if (node.IsNone)
            return found;
        var tail = Objects.Tail(node);
        var step = Graph.TypeOf(node).Tail == EdgeTail.Pairs ? 2 : 1;
        for (var i = step - 1; i < tail.Length && found.Count < MostRoutes; i += step)
        {
            if (tail[i] >= 0)
                found.Add(new NodeId(tail[i]));
        }

        return found;
    }

    /// <summary>"GET", "GET|POST": in order, without the HEAD and OPTIONS that frameworks add by themselves.</summary>
    public string MethodsOf(NodeId methods)
    {
        var names = Items(methods).Select(Text).OfType<string>().Order(StringComparer.Ordinal).ToList();
        if (names.Count > 1)
            names.Remove("OPTIONS");
        if (names.Contains("GET"))
            names.Remove("HEAD");
        return names.Count is 0 or > 8 ? AnyMethod : string.Join('|', names);
    }

    private bool DerivesFrom(TypeInfo type, ReadOnlySpan<string> classes)
    {
        if (type.Kind == ObjectKind.Type)
            return false;
        if (classes.Contains(type.Name))
            return true;
        if (type.Address.IsNull)
            return false;
        var node = Objects.ClassAt(type.Address);
        if (node.IsNone)
            return false;
        foreach (var at in Objects.ResolutionOrder(node))
        {
            if (at >= 0 && _classNames.Value.TryGetValue(Graph.AddressOf(new NodeId(at)).Value, out var name) && classes.Contains(name))
                return true;
        }

        return false;
    }

    /// <summary>A base without instances of its own has no row in every graph; its name then comes from its dict.</summary>
    private readonly Lazy<Dictionary<ulong, string>> _classNames = new(() => ClassNames(objects, text));

    /// <summary>The name of a module that was imported by a relative name is not interned, and so is no name of the graph's.</summary>
    private static Dictionary<ulong, string> ClassNames(ObjectLookup objects, Func<NodeId, string?> text)
    {
        var graph = objects.Graph;
        var names = new Dictionary<ulong, string>();
        foreach (var type in graph.TypeTable.Where(type => !type.Address.IsNull))
            names.TryAdd(type.Address.Value, type.Name);
        for (var i = 0; i < graph.NodeCount; i++)
        {
            var node = new NodeId(i);
            if (graph.KindOf(node) != ObjectKind.Type || names.ContainsKey(graph.AddressOf(node).Value))
                continue;
            var module = objects.Attribute(node, "__module__");
            var name = graph.Field(node, "__qualname__");
            if (!module.IsNone && !name.IsNone && TextOf(module) is { } before && TextOf(name) is { } after)
                names.Add(graph.AddressOf(node).Value, $"{before}.{after}");
        }

        return names;

        string? TextOf(NodeId node) => graph.KindOf(node) != ObjectKind.Text ? null : graph.Names.TryGetValue(node.Value, out var known) ? known : text(node);
    }
}
