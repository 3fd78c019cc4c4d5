using LeakySpanner.Model.Heap;

namespace LeakySpanner.Analysis.Retention;

/// <summary>
/// Says a path as a person would: namespaces, cells, frames and the like are passed over; classes, closures, default
/// arguments and tasks have names of their own, from which the path starts anew.
/// </summary>
internal sealed class PathNaming(HeapGraph graph)
{
    /// <summary>Of a longer path (a linked list), only so many objects at both ends are named.</summary>
    private const int NamedAtEachEnd = 32;

    public ObjectNames Objects { get; } = new(graph);

    public RetentionPath Describe(Root root, List<int> nodes)
    {
        var words = new PathWords();
        Begin(words, root, nodes[0]);
        for (var at = 1; at < nodes.Count; at++)
        {
            if (at > NamedAtEachEnd && at < nodes.Count - NamedAtEachEnd)
            {
                words.Elide();
                at = nodes.Count - NamedAtEachEnd - 1;
                continue;
            }

            Step(words, nodes, at);
        }

        return new RetentionPath(root, words.Segments(), words.Name(), [.. nodes.Select(node => new NodeId(node))]);
    }

    private void Begin(PathWords words, Root root, int node)
    {
        switch (root.Kind)
        {
            case RootKind.Module:
                words.Add($"module {root.Name}", root.Name);
                break;
            case RootKind.Thread:
                words.Add($"thread {root.Name}", "");
                Enter(words, -1, node, default);
                break;
            case RootKind.StaticType:
                words.Add($"class {Objects.NameOf(node) ?? root.Name}", Objects.NameOf(node) ?? root.Name);
                break;
            default:
                words.Add(root.Kind == RootKind.NativeStack ? root.Name : $"{Describe(root.Kind)} {root.Name}".TrimEnd(), root.Name);
                Enter(words, -1, node, default);
                break;
        }
    }

    private static string Describe(RootKind kind) => kind switch
    {
        RootKind.Interpreter => "interpreter",
        RootKind.NativeGlobal => "native data of",
        _ => "native memory",
    };

    private void Step(PathWords words, List<int> nodes, int at)
    {
        var (from, to) = (nodes[at - 1], nodes[at]);
        var label = EdgeLabel.Find(graph, from, to);
        switch (graph.KindOf(new NodeId(from)))
        {
            case ObjectKind.Function when Closure.IsField(label.Name):
                var function = Objects.NameOf(from) ?? "function";
                words.StartUnlessOneOfMany(Closure.Phrase(label.Name, function), Closure.Part(label.Name, function));
                break;
            case ObjectKind.Sequence when at >= 2 && Closure.IsPart(graph, nodes[at - 2], from):
                AddVariable(words, nodes[at - 2], from, label.Index);
                break;
            case ObjectKind.Mapping when at >= 2 && EdgeLabel.Find(graph, nodes[at - 2], from) is { Name: "__kwdefaults__" or "func_kwdefaults" }:
                words.RenameLast(label.Name);
                break;
            case ObjectKind.Cell or ObjectKind.Method:
                break;
            case ObjectKind.Coroutine when label is { Role: EdgeRole.Field, Name: { } local } && !IsPlumbing(local):
                words.Add($"local {local}", local);
                break;
            default:
                AddLabel(words, label, IsNamespace(nodes, at - 1));
                break;
        }

        Enter(words, from, to, label);
    }

    private void AddVariable(PathWords words, int function, int tuple, int index)
    {
        var parts = graph.LengthOf(new NodeId(tuple));
        if (EdgeLabel.Find(graph, function, tuple).Name is "__closure__" or "func_closure")
        {
            if (Objects.FreeVariable(function, index, parts) is { } name)
                words.Add(name, name);
        }
        else
        {
            words.RenameLast(Objects.CodeOf(function)?.DefaultName(index, parts));
        }
    }

    private static void AddLabel(PathWords words, EdgeLabel label, bool isNamespace)
    {
        switch (label)
        {
            case { Role: EdgeRole.Field, Name: { } field } when !IsPlumbing(field):
                words.Add(field, field);
                break;
            case { Role: EdgeRole.Value, Name: { } key } when isNamespace:
                words.Add(key, key);
                break;
            case { Role: EdgeRole.Value, Name: { } key }:
                words.Add($"['{key}']", $"['{key}']");
                break;
            case { Role: EdgeRole.Key } when !isNamespace:
                words.Add("[...] (key)", "[]");
                break;
            case { Role: EdgeRole.Value or EdgeRole.Item }:
                words.Add("[...]", "[]");
                break;
        }
    }

    /// <summary>What is said of an object because of what it is, however it is held.</summary>
    private void Enter(PathWords words, int from, int node, EdgeLabel label)
    {
        var name = Objects.NameOf(node);
        switch (graph.KindOf(new NodeId(node)))
        {
            case ObjectKind.Type when name is not null && label is { Role: EdgeRole.Field or EdgeRole.Item or EdgeRole.Key }:
                words.Start($"class {name}", name);
                break;
            case ObjectKind.Task when name is not null:
                words.Start($"task {name}", name);
                break;
            case ObjectKind.Coroutine when name is not null && (from < 0 || graph.KindOf(new NodeId(from)) != ObjectKind.Task):
                if (words.StartsWithTask)
                    words.Add($"{name}()", "");
                else
                    words.Start($"{Objects.Noun(node)} {name}", name);
                break;
            case ObjectKind.Frame when name is not null && (from < 0 || graph.KindOf(new NodeId(from)) != ObjectKind.Coroutine):
                words.AddFrame($"{Objects.CodeOf(node)?.Name ?? name}()", name);
                break;
        }
    }

    private bool IsNamespace(List<int> nodes, int at) =>
        at >= 1 && graph.KindOf(new NodeId(nodes[at])) == ObjectKind.Mapping
        && EdgeLabel.Find(graph, nodes[at - 1], nodes[at]) is { Role: EdgeRole.Field, Name: "__dict__" or "tp_dict" or "f_globals" or "__globals__" or "func_dict" };

    private static bool IsPlumbing(string field) => field is "__dict__" or "tp_dict" or "func_dict" or "__class__" or "__func__" or "__self__"
        or "cell_contents" or "task_coro" or "cr_frame" or "gi_frame" or "f_back" or "__globals__" or "f_globals" or "func" || Bookkeeping.IsField(field);
}
