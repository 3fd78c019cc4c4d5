using LeakySpanner.Scanning.Symbols;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Projects.Storages;

/// <summary>Whether a container's keys come from a set that the program itself limits, so that it ends growing by itself.</summary>
public sealed class KeyRange(Project project, CallTable calls)
{
    private const int Deepest = 4;

    /// <summary>True for constants, classes and functions, checked numbers, members of enumerations and of other, fixed, collections.</summary>
    public bool IsLimited(Node key, Function? by) => IsLimited(key.Bare, by, Deepest);

    /// <summary>Whether what a parameter is given is limited, by its annotation or by all callers.</summary>
    public bool IsLimited(Binding parameter) =>
        parameter.Name is "cls" or "klass" or "type_" or "model" or "func" or "fn" or "function"
        || parameter.Annotation.Exists && IsLiteralType(parameter.Annotation)
        || project.Resolver.TypeOf(parameter) is { } type && IsEnumeration(type.Name)
        || IsLimitedByCallers(parameter, Deepest);

    private bool IsLimited(Node key, Function? by, int depth)
    {
        if (!key.Exists || depth == 0)
            return false;
        if (Literals.IsConstant(key))
            return true;
        switch (key.Kind)
        {
            case NodeKind.Tuple or NodeKind.ExpressionList:
                foreach (var part in key.Children)
                {
                    if (!IsLimited(part.Bare, by, depth - 1))
                        return false;
                }

                return true;
            case NodeKind.Attribute:
                return key.Child(Field.Attribute).Text is "__class__" or "__name__" or "__qualname__" or "__module__" or "method" or "status_code" or "status"
                    || project.Resolver.NameOf(key) is { } member && project.Symbol(member) is { Kind: BindingKind.Function or BindingKind.Class or BindingKind.Variable, Scope.Class: not null };
            case NodeKind.Call:
                return project.Resolver.NameOf(key.Child(Field.Function)) is "builtins.type" or "builtins.bool" or "os.getpid" or "threading.get_ident"
                    || project.Resolver.NameOf(key.Child(Field.Function)) is "builtins.int" or "builtins.str" && IsLimited(key.Child(Field.Arguments).FirstChild.Bare, by, depth - 1);
            case NodeKind.BinaryOperator:
                return key.Child(Field.Operator).Is("%"u8) && key.Child(Field.Left).Kind != NodeKind.String
                    || IsLimited(key.Child(Field.Left).Bare, by, depth - 1) && IsLimited(key.Child(Field.Right).Bare, by, depth - 1);
            case NodeKind.ConditionalExpression:
                return IsLimited(key.Children.At(0).Bare, by, depth - 1) && IsLimited(key.Children.At(2).Bare, by, depth - 1);
            case NodeKind.ComparisonOperator or NodeKind.NotOperator:
                return true;
            case NodeKind.Identifier:
                return IsLimitedName(key, by, depth);
            default:
                return false;
        }
    }

    private bool IsLimitedName(Node name, Function? by, int depth)
    {
        if (Resolver.BindingOf(name) is not { } binding)
            return true;
        if (binding.Kind is BindingKind.Class or BindingKind.Function or BindingKind.Import)
            return true;
        if (name.Text is "cls" or "klass" or "type_" or "model" or "func" or "fn" or "function" or "status_code")
            return true;
        if (by is not null && IsChecked(name.Name, by))
            return true;
        if (project.Resolver.TypeOf(name) is { } type && IsEnumeration(type.Name))
            return true;
        if (binding.Kind == BindingKind.Parameter)
            return binding.Annotation.Exists && IsLiteralType(binding.Annotation) || IsLimitedByCallers(binding, depth);
        return binding.Assignments.Count > 0 && binding.Assignments.All(assignment => assignment.Kind switch
        {
            AssignmentKind.Plain => IsLimited(assignment.Value.Bare, assignment.By, depth - 1),
            AssignmentKind.For => IsFixed(assignment.Value.Bare),
            _ => false,
        });
    }

    private static bool IsLiteralType(Node annotation) => annotation.Text.Contains("Literal[", StringComparison.Ordinal) || annotation.Is("bool"u8) || annotation.Text.StartsWith("type[", StringComparison.Ordinal)
        || annotation.Text.StartsWith("Type[", StringComparison.Ordinal);

    private bool IsEnumeration(string type) =>
        type is "builtins.bool" || project.Resolver.Lineage(type).Any(ancestor => ancestor.StartsWith("enum.", StringComparison.Ordinal));

    /// <summary>What a loop goes through is written down, or made of what is.</summary>
    private bool IsFixed(Node iterated)
    {
        if (iterated.Kind is NodeKind.List or NodeKind.Tuple or NodeKind.Set or NodeKind.Dictionary)
            return true;
        if (iterated.Kind == NodeKind.Call)
            return project.Resolver.NameOf(iterated.Child(Field.Function)) is "builtins.range";
        return iterated.Kind is NodeKind.Identifier or NodeKind.Attribute && project.Resolver.NameOf(iterated) is { } name
            && project.Symbol(name) is { Kind: BindingKind.Class or BindingKind.Variable, Scope.Kind: ScopeKind.Module };
    }

    /// <summary>`if not 0 &lt;= n &lt; LIMIT: raise` and `if kind not in KINDS: raise` in the same function.</summary>
    private static bool IsChecked(string name, Function by)
    {
        foreach (var node in by.Body.Subtree)
        {
            if (node.Kind != NodeKind.ComparisonOperator)
                continue;
            var parts = node.Children.Count;
            var first = node.Children.At(0);
            var last = node.Children.At(parts - 1);
            // Both ends: a number between two others.
            var middle = parts == 5 ? node.Children.At(2) : default;
            if (middle.Kind == NodeKind.Identifier && middle.Name == name && node.Text.Contains('<', StringComparison.Ordinal))
                return true;
            // KINDS by the habit of writing constants in capitals.
            if (first.Kind == NodeKind.Identifier && first.Name == name && node.Children.At(1).Text is "not in" or "in"
                && last.Kind is NodeKind.Identifier or NodeKind.Attribute or NodeKind.Tuple or NodeKind.List or NodeKind.Set
                && (last.Kind is not (NodeKind.Identifier or NodeKind.Attribute) || IsConstantName(last)))
                return true;
        }

        return false;
    }

    private static bool IsConstantName(Node node)
    {
        var name = node.Kind == NodeKind.Attribute ? node.Child(Field.Attribute).Text : node.Text;
        return name.Length > 1 && name.All(letter => char.IsUpper(letter) || char.IsDigit(letter) || letter == '_') && name[0] != '_';
    }

    /// <summary>Every caller in the project passes something limited, and there is one.</summary>
    private bool IsLimitedByCallers(Binding parameter, int depth)
    {
        if (parameter.Scope.Function is not { } function)
            return false;
        var sites = calls.Of(function.QualifiedName);
        if (sites.Count == 0 || sites.Count > 50)
            return false;
        var position = function.Parameters.ToList().IndexOf(parameter.Name) - (function.Owner is null || IsStatic(function) ? 0 : 1);
        foreach (var site in sites)
        {
            var argument = site.Argument(position, System.Text.Encoding.UTF8.GetBytes(parameter.Name));
            if (!argument.Exists || !IsLimited(argument.Bare, site.By, depth - 1))
                return false;
        }

        return true;
    }

    private static bool IsStatic(Function function) => function.Decorators.Any(decorator => decorator.Is("staticmethod"u8));
}
