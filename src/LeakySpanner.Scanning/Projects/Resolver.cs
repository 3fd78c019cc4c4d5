using System.Collections.Concurrent;
using LeakySpanner.Scanning.Symbols;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Projects;

/// <summary>What expressions denote (canonical names) and what types they have.</summary>
/// <remarks>
/// Every question has a budget of steps, so that no source makes an answer slow. Types of names are remembered where no budget had to cut them short,
/// so that answers do not depend on the order of questions.
/// </remarks>
public sealed class Resolver(Project project)
{
    private const int Budget = 1000;
    private const int Deepest = 10;
    private readonly ConcurrentDictionary<string, string[]> _lineages = new(StringComparer.Ordinal);

    /// <summary>The canonical name of what an expression (a name, or attributes of something) denotes, or null.</summary>
    public string? NameOf(Node expression)
    {
        var query = new Query(Budget);
        return NameOf(expression, Deepest, ref query);
    }

    /// <summary>The type of an expression's value, or null.</summary>
    public PythonType? TypeOf(Node expression)
    {
        var query = new Query(Budget);
        return TypeOf(expression, Deepest, ref query);
    }

    /// <summary>The type of what a name or attribute holds, or null.</summary>
    public PythonType? TypeOf(Binding binding)
    {
        var query = new Query(Budget);
        return TypeOfBinding(binding, Deepest, ref query);
    }

    /// <summary>What a name means where it is written, or null for builtins and what is not known.</summary>
    public static Binding? BindingOf(Node name) => name.Kind == NodeKind.Identifier ? ScopeOf(name).Find(name.Name) : null;

    public static Scope ScopeOf(Node node) => ModuleOf(node).ScopeOf(node);

    public static Module ModuleOf(Node node) => node.Tree.Module ?? throw new InvalidOperationException("not indexed");

    /// <summary>The class itself and those it is derived from, nearest first, foreign ones included; by canonical name.</summary>
    public IReadOnlyList<string> Lineage(string name) => _lineages.GetOrAdd(name, each => [.. ComputeLineage(each)]);

    private IEnumerable<string> ComputeLineage(string name)
    {
        var waiting = new Queue<string>([name]);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (waiting.TryDequeue(out var next) && seen.Count < 100)
        {
            if (!seen.Add(next))
                continue;
            yield return next;
            if (project.ClassOf(next) is not { } defined)
                continue;
            foreach (var expression in defined.Bases)
            {
                if (NameOf(expression.Kind == NodeKind.Subscript ? expression.Child(Field.Value) : expression) is { } parent)
                    waiting.Enqueue(parent);
            }
        }
    }

    /// <summary>True where the project defines what has this name.</summary>
    public bool IsOfProject(string? name) => name is not null && project.Symbol(name) is not null;

    /// <summary>The member of a class (method, class attribute, attribute of self), looked up as Python would.</summary>
    public Binding? Member(string type, string name)
    {
        foreach (var ancestor in Lineage(type))
        {
            if (project.ClassOf(ancestor) is { } defined && (defined.Instance.Own(name) ?? defined.Scope.Own(name)) is { } found)
                return found;
        }

        return null;
    }

    private string? NameOf(Node node, int depth, ref Query query)
    {
        if (query.IsSpent(depth))
            return null;
        node = node.Bare;
        if (node.Kind == NodeKind.Await)
            node = node.FirstChild;
        return node.Kind switch
        {
            NodeKind.Identifier => NameOfIdentifier(node, depth, ref query),
            NodeKind.Attribute => NameOfAttribute(node, depth, ref query),
            _ => null,
        };
    }

    private string? NameOfIdentifier(Node node, int depth, ref Query query)
    {
        var name = node.Name;
        var module = ModuleOf(node);
        if (module.ScopeOf(node).Find(name) is not { } binding)
        {
            if (Builtins.Contains(name))
                return NamePool.Join("builtins", name);
            return module.Wildcards.Count > 0 ? project.Member(module.Name, name) : null;
        }

        if (binding is { Kind: BindingKind.Import, Target: { } target })
            return binding.Followed ??= project.Follow(module, target);

        // A local that only ever stands for something else: `get = requests.get`, `cache = self.cache`.
        if (binding.Kind == BindingKind.Variable && binding.Assignments is [{ Kind: AssignmentKind.Plain } only]
            && only.Value.Bare is { Kind: NodeKind.Identifier or NodeKind.Attribute } alias && NameOf(alias, depth - 1, ref query) is { } meant
            && (binding.Scope.Kind == ScopeKind.Function || project.Symbol(meant) is { Kind: BindingKind.Function or BindingKind.Class }))
            return meant;
        return binding.QualifiedName;
    }

    private string? NameOfAttribute(Node node, int depth, ref Query query)
    {
        var of = node.Child(Field.Object);
        var attribute = node.Child(Field.Attribute).Name;
        var owner = NameOf(of, depth - 1, ref query);
        if (owner is not null)
        {
            if (project.ModuleOf(owner) is not null)
                return project.Member(owner, attribute);
            if (project.ClassOf(owner) is not null)
                return Member(owner, attribute)?.QualifiedName ?? NamePool.Join(owner, attribute);
            if (BindingOf(of) is null or { Kind: BindingKind.Import } && project.Symbol(owner) is null)
                return NamePool.Join(owner, attribute);
        }

        if (TypeOf(of, depth - 1, ref query) is { } type)
            return Member(type.Name, attribute)?.QualifiedName ?? NamePool.Join(type.Name, attribute);
        return owner is null ? null : NamePool.Join(owner, attribute);
    }

    private PythonType? TypeOf(Node node, int depth, ref Query query)
    {
        if (query.IsSpent(depth))
            return null;
        node = node.Bare;
        switch (node.Kind)
        {
            case NodeKind.Identifier:
                return TypeOfIdentifier(node, depth, ref query);
            case NodeKind.Attribute:
                return NameOfAttribute(node, depth, ref query) is { } name && project.Symbol(name) is { } binding
                    ? TypeOfBinding(binding, depth - 1, ref query)
                    : null;
            case NodeKind.Call:
                return TypeOfCall(node, depth, ref query);
            case NodeKind.Await:
                return TypeOf(node.FirstChild, depth - 1, ref query);
            case NodeKind.Subscript:
                var container = TypeOf(node.Child(Field.Value), depth - 1, ref query);
                return node.Child(Field.Subscript).Kind == NodeKind.Slice ? container : container?.Element is { } element ? new PythonType(element) : null;
            case NodeKind.NamedExpression:
                return TypeOf(node.Child(Field.Value), depth - 1, ref query);
            case NodeKind.BooleanOperator:
                return TypeOf(node.Child(Field.Left), depth - 1, ref query) ?? TypeOf(node.Child(Field.Right), depth - 1, ref query);
            case NodeKind.ConditionalExpression:
                return TypeOf(node.Children.At(0), depth - 1, ref query) ?? TypeOf(node.Children.At(2), depth - 1, ref query);
            default:
                return Literals.TypeOf(node.Kind) is { } literal ? new PythonType(literal) : null;
        }
    }

    private PythonType? TypeOfIdentifier(Node node, int depth, ref Query query)
    {
        var scope = ScopeOf(node);
        if (scope.Find(node.Name) is not { } binding)
            return null;
        if (binding.Kind == BindingKind.Import)
        {
            return binding.Target is { } target && project.Symbol(project.Follow(ModuleOf(node), target)) is { Kind: BindingKind.Variable } there
                ? TypeOfBinding(there, depth - 1, ref query)
                : null;
        }

        if (binding.Kind == BindingKind.Parameter && binding.Scope.Function is { Owner: { } owner, Parameters: [var self, ..] } && self == binding.Name)
            return new PythonType(owner.QualifiedName);
        return TypeOfBinding(binding, depth - 1, ref query);
    }

    private PythonType? TypeOfBinding(Binding binding, int depth, ref Query query)
    {
        if (binding.KnownType is { } known)
            return known.Type;
        if (query.IsSpent(depth))
            return null;
        var cutBefore = query.IsCut;
        query.IsCut = false;
        var type = ComputeType(binding, depth, ref query);
        if (!query.IsCut)
            binding.KnownType = new KnownType(type);
        query.IsCut |= cutBefore;
        return type;
    }

    private PythonType? ComputeType(Binding binding, int depth, ref Query query)
    {
        if (binding.Annotation.Exists && TypeOfAnnotation(binding.Annotation, depth - 1, ref query) is { } annotated)
        {
            // What is annotated as a protocol or a base is better known by what is put into it.
            return annotated.Element is null && TypeOfAssignments(binding, depth, ref query) is { Element: not null } assigned ? assigned : annotated;
        }

        if (binding.Kind is BindingKind.Function or BindingKind.Class or BindingKind.Import)
            return null;
        return TypeOfAssignments(binding, depth, ref query);
    }

    private PythonType? TypeOfAssignments(Binding binding, int depth, ref Query query)
    {
        foreach (var assignment in binding.Assignments)
        {
            var type = assignment.Kind switch
            {
                AssignmentKind.Plain or AssignmentKind.With or AssignmentKind.Default => TypeOf(assignment.Value, depth - 1, ref query),
                AssignmentKind.For => TypeOf(assignment.Value, depth - 1, ref query) is { Element: { } element } ? new PythonType(element) : null,
                _ => null,
            };
            if (type is not null)
                return type;
        }

        return null;
    }

    private PythonType? TypeOfCall(Node call, int depth, ref Query query)
    {
        var callee = call.Child(Field.Function);
        if (NameOf(callee, depth - 1, ref query) is not { } name)
            return null;
        if (project.ClassOf(name) is not null)
            return new PythonType(name);
        if (project.FunctionOf(name) is { } function)
            return TypeOfResult(function, depth - 1, ref query);
        if (name.EndsWith(".Depends", StringComparison.Ordinal) && call.Child(Field.Arguments).FirstChild is { Exists: true } provider
            && NameOf(provider, depth - 1, ref query) is { } provided)
            return project.FunctionOf(provided) is { } dependency ? TypeOfResult(dependency, depth - 1, ref query) : new PythonType(provided);
        var last = name[(name.LastIndexOf('.') + 1)..];
        if (last is "get" or "setdefault" or "pop" or "popleft" && callee.Kind == NodeKind.Attribute)
            return TypeOf(callee.Child(Field.Object), depth - 1, ref query) is { Element: { } element } ? new PythonType(element) : null;
        if (last is "values" or "copy" && callee.Kind == NodeKind.Attribute && TypeOf(callee.Child(Field.Object), depth - 1, ref query) is { Element: not null } whole)
            return whole;
        if (name == "collections.defaultdict")
        {
            var factory = call.Child(Field.Arguments).FirstChild;
            return new PythonType(name, factory.Exists ? NameOf(factory, depth - 1, ref query) : null);
        }

        return Builtins.ResultOf(name) is { } result ? new PythonType(result)
            : (last is [var first, ..] && char.IsUpper(first)) || Builtins.IsClass(name) ? new PythonType(name) : new PythonType(name + "()");
    }

    private PythonType? TypeOfResult(Function function, int depth, ref Query query)
    {
        if (query.IsSpent(depth))
            return null;
        if (function.Definition.Child(Field.ReturnType) is { Exists: true } annotation && TypeOfAnnotation(annotation, depth - 1, ref query) is { } annotated)
            return annotated;
        foreach (var returned in function.Returns)
        {
            if (TypeOf(returned, depth - 1, ref query) is { } type)
                return type;
        }

        return null;
    }

    private PythonType? TypeOfAnnotation(Node annotation, int depth, ref Query query)
    {
        if (query.IsSpent(depth))
            return null;
        var node = annotation.Kind == NodeKind.Type ? annotation.FirstChild.Bare : annotation.Bare;
        switch (node.Kind)
        {
            case NodeKind.BinaryOperator or NodeKind.UnionType:
                return TypeOfAnnotation(node.Children.At(0), depth - 1, ref query) ?? TypeOfAnnotation(node.Children.At(node.Children.Count - 1), depth - 1, ref query);
            case NodeKind.GenericType or NodeKind.Subscript:
                return TypeOfGeneric(node, depth, ref query);
            case NodeKind.String:
                return TypeOfQuoted(node, depth, ref query);
            case NodeKind.Identifier or NodeKind.Attribute:
                return NameOf(node, depth - 1, ref query) is { } name && name != "typing.Any" ? new PythonType(Builtins.Unaliased(name)) : null;
            default:
                return null;
        }
    }

    private PythonType? TypeOfGeneric(Node node, int depth, ref Query query)
    {
        if (NameOf(node.FirstChild, depth - 1, ref query) is not { } name)
            return null;
        var parameters = node.Kind == NodeKind.Subscript ? node : node.Child(NodeKind.TypeParameter);
        Node first = default, last = default;
        foreach (var child in parameters.Children)
        {
            if (node.Kind == NodeKind.Subscript && child.Field != Field.Subscript)
                continue;
            first = first.Exists ? first : child;
            last = child;
        }

        if (name is "typing.Optional" or "typing.Annotated" or "typing.Final" or "typing.ClassVar" or "typing.Awaitable")
            return first.Exists ? TypeOfAnnotation(first, depth - 1, ref query) : null;
        return new PythonType(Builtins.Unaliased(name), last.Exists ? TypeOfAnnotation(last, depth - 1, ref query)?.Name : null);
    }

    /// <summary>"Session" in quotes, where the class comes later.</summary>
    private PythonType? TypeOfQuoted(Node node, int depth, ref Query query)
    {
        var content = node.Child(NodeKind.StringContent);
        return content.Exists && ScopeOf(node).Find(content.Name) is { } binding
            ? binding.Kind == BindingKind.Class ? new PythonType(binding.QualifiedName)
                : binding.Target is { } target && !query.IsSpent(depth) ? new PythonType(project.Follow(ModuleOf(node), target)) : null
            : null;
    }

    /// <summary>What a question may still cost, and whether that has cut an answer short.</summary>
    private struct Query(int steps)
    {
        private int _steps = steps;

        public bool IsCut { get; set; }

        public bool IsSpent(int depth)
        {
            if (depth > 0 && --_steps >= 0)
                return false;
            IsCut = true;
            return true;
        }
    }
}

/// <summary>What the type of a name was found to be: perhaps none.</summary>
internal sealed record KnownType(PythonType? Type);
