using System.Collections.Frozen;
using LeakySpanner.Scanning.Symbols;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Projects.Storages;

/// <summary>Everything that one module does to lasting containers.</summary>
internal sealed class MutationFinder(Project project, CallTable calls, Module module)
{
    private static readonly FrozenSet<string> Growing = FrozenSet.Create(
        StringComparer.Ordinal, "append", "add", "insert", "extend", "update", "setdefault", "appendleft", "extendleft", "put", "put_nowait", "push");

    private static readonly FrozenSet<string> Shrinking = FrozenSet.Create(
        StringComparer.Ordinal, "pop", "popitem", "popleft", "remove", "discard", "clear", "difference_update", "intersection_update", "get_nowait", "expire",
        "evict", "prune", "purge", "cleanup", "trim", "delete", "invalidate", "drain", "flush", "reset", "truncate", "unsubscribe", "unregister");

    /// <summary>Functions that only look at what they are given.</summary>
    private static readonly FrozenSet<string> Readers = FrozenSet.Create(
        StringComparer.Ordinal,
        "builtins.len", "builtins.list", "builtins.dict", "builtins.set", "builtins.tuple", "builtins.sorted", "builtins.sum", "builtins.min", "builtins.max",
        "builtins.any", "builtins.all", "builtins.iter", "builtins.enumerate", "builtins.zip", "builtins.map", "builtins.filter", "builtins.reversed",
        "builtins.str", "builtins.repr", "builtins.print", "builtins.id", "builtins.isinstance", "builtins.type", "builtins.bool", "builtins.frozenset",
        "builtins.hash", "builtins.getattr", "builtins.next", "json.dumps", "json.dump", "copy.copy", "copy.deepcopy", "random.choice", "random.sample",
        "itertools.chain", "itertools.islice", "pprint.pprint", "sys.getsizeof", "asyncio.gather", "asyncio.wait", "statistics.mean", "statistics.median",
        "numpy.array", "numpy.mean", "fastapi.responses.JSONResponse", "starlette.responses.JSONResponse", "flask.jsonify", "heapq.nlargest", "heapq.nsmallest",
        "bisect.bisect", "bisect.bisect_left", "types.MappingProxyType");

    private readonly StorageResolver _storages = new(project);

    public List<(StorageKey Storage, Mutation Mutation)> Found { get; } = [];

    /// <summary>Names of attributes that something is taken out of, where it is not known whose they are.</summary>
    public HashSet<string> ShrunkAttributes { get; } = new(StringComparer.Ordinal);

    public void Find()
    {
        foreach (var node in module.File.Tree.Root.Subtree)
        {
            switch (node.Kind)
            {
                case NodeKind.Assignment or NodeKind.AugmentedAssignment:
                    ReadAssignment(node);
                    break;
                case NodeKind.Attribute when node.Parent.Kind is NodeKind.ArgumentList or NodeKind.KeywordArgument && Shrinking.Contains(node.Child(Field.Attribute).Name):
                    // task.add_done_callback(tasks.discard)
                    if (_storages.Of(node.Child(Field.Object)) is { } emptied)
                        Add(emptied, MutationKind.Shrink, node, default, default);
                    break;
                case NodeKind.DeleteStatement:
                    foreach (var target in node.Children)
                        ReadDelete(target, node);
                    break;
            }
        }

        foreach (var site in calls.In(module))
            ReadCall(site);
    }

    private void ReadAssignment(Node assignment)
    {
        var left = assignment.Child(Field.Left);
        var right = assignment.Child(Field.Right);
        while (right.Kind == NodeKind.Assignment)
            right = right.Child(Field.Right);
        ReadTarget(left, right, assignment);
        if (right.Kind is NodeKind.Attribute or NodeKind.Identifier && left.Kind is NodeKind.Attribute or NodeKind.Subscript && _storages.Of(right) is { } handed)
            Add(handed, MutationKind.Escape, assignment, default, default);
    }

    private void ReadTarget(Node left, Node right, Node statement)
    {
        var augmented = statement.Kind == NodeKind.AugmentedAssignment;
        switch (left.Kind)
        {
            case NodeKind.PatternList or NodeKind.TuplePattern or NodeKind.ListPattern:
                foreach (var part in left.Children)
                    ReadTarget(part, right, statement);
                return;
            case NodeKind.Subscript:
                var key = left.Child(Field.Subscript);
                if (_storages.Of(left.Child(Field.Value)) is { } container)
                    Add(container, key.Kind == NodeKind.Slice ? MutationKind.Shrink : MutationKind.Grow, statement, key, augmented ? default : right);
                return;
            case NodeKind.Identifier or NodeKind.Attribute when augmented:
                ReadAugmented(left, right, statement);
                return;
            case NodeKind.Identifier or NodeKind.Attribute:
                // `self.rows = []` in __init__ makes it; anywhere else it empties it.
                if (Target(left) is { } replaced)
                    Add(replaced, IsMaking(statement) ? MutationKind.Make : MutationKind.Replace, statement, default, right);
                return;
        }
    }

    private bool IsMaking(Node statement) =>
        module.FunctionOf(statement)?.Name is null or "__init__" or "__new__" or "__post_init__" or "__set_name__" or "__init_subclass__" or "setUp";

    /// <summary>A name stands for itself here, not for what it was made of.</summary>
    private StorageKey? Target(Node left)
    {
        if (left.Kind == NodeKind.Attribute)
            return _storages.Of(left);
        return Resolver.BindingOf(left) is { Kind: BindingKind.Variable, Scope.Kind: ScopeKind.Module or ScopeKind.Class } || IsNonlocal(left) ? _storages.Of(left) : null;
    }

    private bool IsNonlocal(Node name) =>
        Resolver.BindingOf(name) is { Kind: BindingKind.Variable, Scope: { Kind: ScopeKind.Function } scope } && !ReferenceEquals(module.ScopeOf(name), scope);

    private void ReadAugmented(Node left, Node right, Node statement)
    {
        if (Target(left) is not { } storage)
            return;
        var operation = statement.Child(Field.Operator).Text;
        if (operation is "-=" or "&=" or "^=")
            Add(storage, MutationKind.Shrink, statement, default, default);
        else if (operation is "+=" or "|=" && right.Kind is NodeKind.List or NodeKind.Set or NodeKind.Dictionary or NodeKind.ListComprehension or NodeKind.SetComprehension or NodeKind.Tuple or NodeKind.DictionaryComprehension)
            Add(storage, MutationKind.Grow, statement, default, right);
    }

    private void ReadDelete(Node target, Node statement)
    {
        if (target.Kind is NodeKind.ExpressionList or NodeKind.Tuple or NodeKind.ParenthesizedExpression)
        {
            foreach (var part in target.Children)
                ReadDelete(part, statement);
        }
        else if (target.Kind == NodeKind.Subscript)
        {
            if (_storages.Of(target.Child(Field.Value)) is { } container)
                Add(container, MutationKind.Shrink, statement, target.Child(Field.Subscript), default);
            else
                NoteShrunk(target.Child(Field.Value));
        }
    }

    private void ReadCall(CallSite site)
    {
        var receiver = site.Receiver;
        if (receiver.Exists)
            ReadMethod(site, receiver);
        else if (site.Callee == "builtins.len" && IsCompared(site.Call) && _storages.Of(site.Argument(0)) is { } measured)
            Add(measured, MutationKind.Measure, site.Call, default, default);

        if (site.Callee is { } callee && Readers.Contains(callee))
            return;
        foreach (var argument in site.Arguments.Children)
        {
            var value = argument.Kind == NodeKind.KeywordArgument ? argument.Child(Field.Value) : argument;
            if (value.Kind is NodeKind.Identifier or NodeKind.Attribute && _storages.Of(value) is { } escaping)
                Add(escaping, MutationKind.Escape, site.Call, default, default);
        }
    }

    private void ReadMethod(CallSite site, Node receiver)
    {
        var method = site.Method;
        var grows = Growing.Contains(method);
        if (!grows && !Shrinking.Contains(method) && method is not ("get" or "qsize" or "full"))
            return;
        if (_storages.Of(receiver) is not { } storage)
        {
            if (Shrinking.Contains(method))
                NoteShrunk(receiver);
            return;
        }

        if (method is "qsize" or "full")
            Add(storage, MutationKind.Measure, site.Call, default, default);
        else if (grows)
            Add(storage, MutationKind.Grow, site.Call, method is "setdefault" or "add" ? site.Argument(0) : default, method == "setdefault" ? site.Argument(1) : site.Argument(0));
        else if (Shrinking.Contains(method) || method == "get" && site.Arguments.Children.Count == 0)
            Add(storage, MutationKind.Shrink, site.Call, default, default);
    }

    private void NoteShrunk(Node receiver)
    {
        if (receiver.Bare is { Kind: NodeKind.Attribute } attribute)
            ShrunkAttributes.Add(attribute.Child(Field.Attribute).Name);
    }

    private static bool IsCompared(Node call)
    {
        var around = call.Parent;
        while (around.Kind is NodeKind.ParenthesizedExpression or NodeKind.BinaryOperator)
            around = around.Parent;
        // `while len(x) > n`, `if len(x) >= n`; comparing with 0 only asks whether there is anything.
        return around.Kind == NodeKind.ComparisonOperator && !around.Children.At(around.Children.Count - 1).Is("0"u8);
    }

    private void Add(StorageKey storage, MutationKind kind, Node at, Node key, Node value) =>
        Found.Add((storage, new Mutation(kind, at, key, value, module.FunctionOf(at))));
}
