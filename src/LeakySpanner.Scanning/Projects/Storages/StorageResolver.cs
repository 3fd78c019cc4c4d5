using LeakySpanner.Scanning.Symbols;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Projects.Storages;

/// <summary>Which lasting container an expression stands for.</summary>
internal sealed class StorageResolver(Project project)
{
    private const int Deepest = 6;

    /// <summary>Null for what lives no longer than the call, and for what is not known.</summary>
    public StorageKey? Of(Node expression) => Of(expression.Bare, Deepest);

    private StorageKey? Of(Node node, int depth)
    {
        if (depth == 0)
            return null;
        return node.Kind switch
        {
            NodeKind.Identifier => OfName(node, depth),
            NodeKind.Attribute => OfAttribute(node, depth),
            NodeKind.Subscript when node.Child(Field.Subscript).Kind != NodeKind.Slice => Of(node.Child(Field.Value).Bare, depth - 1)?.Entry(),
            NodeKind.Call => OfCall(node, depth),
            NodeKind.Await or NodeKind.NamedExpression => Of(node.Kind == NodeKind.Await ? node.FirstChild : node.Child(Field.Value), depth - 1),
            NodeKind.BooleanOperator => Of(node.Child(Field.Left).Bare, depth - 1),
            _ => null,
        };
    }

    private StorageKey? OfName(Node name, int depth)
    {
        if (Resolver.BindingOf(name) is not { } binding)
            return null;
        if (binding.Kind == BindingKind.Import)
            return OfSymbol(project.Resolver.NameOf(name));
        if (binding.Kind == BindingKind.Parameter)
            return OfParameter(binding, depth);
        if (binding.Kind != BindingKind.Variable)
            return null;
        if (binding.Scope.Kind != ScopeKind.Function)
            return new StorageKey(binding.QualifiedName, binding.Scope.Kind == ScopeKind.Module ? StorageKind.Module : IsOfInstances(binding) ? StorageKind.InstanceAttribute : StorageKind.ClassAttribute, binding, null);

        foreach (var assignment in binding.Assignments)
        {
            var value = assignment.Value.Bare;
            if (assignment.Kind == AssignmentKind.For && EntriesOf(value) is { Exists: true } container && Of(container, depth - 1) is { } entries)
                return entries.Entry();
            if (assignment.Kind is AssignmentKind.Plain or AssignmentKind.With && value.Kind is NodeKind.Identifier or NodeKind.Attribute or NodeKind.Subscript or NodeKind.Call
                && Of(value, depth - 1) is { } alias)
                return alias;
        }

        // A closure's variable outlives the call when a function inside uses it.
        return Resolver.ModuleOf(name).ScopeOf(name) is var here && !ReferenceEquals(here, binding.Scope) && here.Function is not null && binding.Scope.Function is not null
            ? new StorageKey(binding.QualifiedName, StorageKind.Closure, binding, null)
            : null;
    }

    /// <summary>What a loop over a container goes through: x of x, x.values(), list(x).</summary>
    private static Node EntriesOf(Node iterated)
    {
        if (iterated.Kind != NodeKind.Call)
            return default;
        var function = iterated.Child(Field.Function);
        return function.Kind == NodeKind.Attribute && function.Child(Field.Attribute).Is("values"u8) ? function.Child(Field.Object).Bare
            : function.Is("list"u8) ? EntriesOf(iterated.Child(Field.Arguments).FirstChild.Bare) : default;
    }

    private StorageKey? OfParameter(Binding parameter, int depth)
    {
        foreach (var assignment in parameter.Assignments)
        {
            if (assignment.Kind != AssignmentKind.Default)
                continue;
            var value = assignment.Value.Bare;
            if (value.Kind is NodeKind.Dictionary or NodeKind.List or NodeKind.Set || value.Kind == NodeKind.Call && IsContainerCall(value))
            {
                // `def f(seen=None)` and `def f(seen=[]): seen = list(seen)` are fine.
                return parameter.Assignments.Count == 1 ? new StorageKey(parameter.QualifiedName, StorageKind.DefaultArgument, parameter, null) : null;
            }

            // cache: dict = Depends(get_cache)
            if (value.Kind == NodeKind.Call && project.Resolver.NameOf(value.Child(Field.Function)) is "fastapi.Depends" or "fastapi.params.Depends"
                && project.Resolver.NameOf(value.Child(Field.Arguments).FirstChild) is { } provider && project.FunctionOf(provider) is { } function)
                return OfResult(function, depth);
        }

        return null;
    }

    private bool IsContainerCall(Node call) => project.Resolver.NameOf(call.Child(Field.Function)) is
        "builtins.dict" or "builtins.list" or "builtins.set" or "collections.defaultdict" or "collections.OrderedDict" or "collections.deque" or "collections.Counter";

    private StorageKey? OfAttribute(Node node, int depth)
    {
        var of = node.Child(Field.Object).Bare;
        if (of.Kind is NodeKind.Attribute && of.Child(Field.Attribute).Is("state"u8) && IsApp(of.Child(Field.Object).Bare))
            return new StorageKey(NamePool.Join("app.state", node.Child(Field.Attribute).Name), StorageKind.AppState, null, null);
        return OfSymbol(project.Resolver.NameOf(node)) ?? (of.Kind is NodeKind.Subscript or NodeKind.Call && depth > 0 ? null : null);
    }

    private bool IsApp(Node node) =>
        node.Kind == NodeKind.Attribute && node.Child(Field.Attribute).Is("app"u8)
        || node.Is("app"u8)
        || project.Resolver.TypeOf(node) is { Name: "fastapi.FastAPI" or "starlette.applications.Starlette" or "fastapi.applications.FastAPI" };

    private StorageKey? OfSymbol(string? name)
    {
        if (name is null)
            return null;
        if (project.Symbol(name) is { Kind: BindingKind.Variable } symbol)
        {
            var owner = symbol.Scope;
            var kind = owner.Kind == ScopeKind.Module ? StorageKind.Module
                : IsOfInstances(symbol) ? StorageKind.InstanceAttribute : StorageKind.ClassAttribute;
            return new StorageKey(name, kind, symbol, null);
        }

        var end = name.LastIndexOf('.');
        return end > 0 && project.FunctionOf(name[..end]) is not null ? new StorageKey(name, StorageKind.FunctionAttribute, null, null) : null;
    }

    /// <summary>What methods assign to self is an instance's; so are the fields of data classes and models.</summary>
    private bool IsOfInstances(Binding attribute)
    {
        if (attribute.Scope.Class is not { } owner)
            return true;
        if (owner.Instance.Own(attribute.Name) is not null)
            return true;
        if (attribute.Assignments.Count == 0)
            return true;
        if (attribute.Assignments.Any(assignment => assignment.Value.Kind == NodeKind.Call && assignment.Value.Child(Field.Function).Text is "field" or "dataclasses.field" or "Field" or "attr.ib" or "attrs.field"))
            return true;
        return project.Resolver.Lineage(owner.QualifiedName).Any(ancestor => ancestor.EndsWith("BaseModel", StringComparison.Ordinal) || ancestor.EndsWith("BaseSettings", StringComparison.Ordinal));
    }

    private StorageKey? OfCall(Node call, int depth)
    {
        var function = call.Child(Field.Function);
        if (function.Kind == NodeKind.Attribute)
        {
            var method = function.Child(Field.Attribute);
            if (method.Is("get"u8) || method.Is("setdefault"u8))
            {
                if (Of(function.Child(Field.Object).Bare, depth - 1) is { } container)
                    return container.Entry();
            }
        }

        return project.Resolver.NameOf(function) is { } name && project.FunctionOf(name) is { } called ? OfResult(called, depth) : null;
    }

    private StorageKey? OfResult(Function function, int depth)
    {
        if (function.IsGenerator || depth <= 1)
            return null;
        foreach (var returned in function.Returns)
        {
            if (Of(returned.Bare, depth - 1) is { } found)
                return found;
        }

        return null;
    }
}

/// <summary>Which storage: keys are made while files are read side by side, storages afterwards.</summary>
internal sealed record StorageKey(string Name, StorageKind Kind, Binding? Binding, StorageKey? Outer)
{
    public StorageKey Entry() => new(Name + "[]", Kind, Binding, this);
}
