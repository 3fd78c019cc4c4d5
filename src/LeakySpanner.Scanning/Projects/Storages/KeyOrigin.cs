using LeakySpanner.Scanning.Symbols;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Projects.Storages;

/// <summary>Whether keys come from what requests bring, so that there is always another one; a language or a setting, for example, does not.</summary>
public sealed class KeyOrigin(Project project, CallTable calls, Reach reach)
{
    private const int Budget = 400;
    private const int Deepest = 8;

    /// <param name="key">The key's expression.</param>
    /// <param name="by">The function that uses it.</param>
    /// <returns>True too where that cannot be followed to its end.</returns>
    public bool IsFresh(Node key, Function by)
    {
        var steps = Budget;
        return IsFresh(key, by, Deepest, ref steps);
    }

    private bool IsFresh(Node expression, Function? by, int depth, ref int steps)
    {
        if (depth == 0)
            return true;
        var nodes = expression.Subtree.GetEnumerator();
        while (nodes.MoveNext())
        {
            var node = nodes.Current;
            if (--steps < 0)
                return true;
            if (node.Kind == NodeKind.Call && IsChecked(node))
            {
                nodes.SkipInside();
                continue;
            }

            if (node.Kind == NodeKind.Call && IsFreshCall(node))
                return true;
            if (node.Kind == NodeKind.Identifier && node.Field != Field.Attribute && !(node.Field == Field.Name && node.Parent.Kind == NodeKind.KeywordArgument)
                && IsFreshName(node, by, depth, ref steps))
                return true;
        }

        return false;
    }

    /// <summary>What is new each time, or read from somebody outside.</summary>
    private bool IsFreshCall(Node call)
    {
        var callee = call.Child(Field.Function);
        if (callee.Kind == NodeKind.Attribute && callee.Child(Field.Attribute).Text is "get_argument" or "get_json" or "json" or "form" or "body" or "read" or "receive" or "receive_text"
            or "receive_json" or "receive_bytes" or "recv" or "readline")
            return true;
        return project.Resolver.NameOf(callee) is { } name && (name is "builtins.id" or "builtins.next" or "builtins.input" or "os.urandom" or "time.time" or "time.time_ns" or "time.monotonic"
            or "time.perf_counter" or "datetime.datetime.now" or "datetime.datetime.utcnow"
            || name.StartsWith("uuid.", StringComparison.Ordinal) || name.StartsWith("secrets.", StringComparison.Ordinal) || name.StartsWith("random.", StringComparison.Ordinal));
    }

    /// <summary>A function of the project that lets nothing through but what is in some collection: `if pair not in self.pairs: return None`.</summary>
    private bool IsChecked(Node call)
    {
        if (project.Resolver.NameOf(call.Child(Field.Function)) is not { } name || project.FunctionOf(name) is not { } function)
            return false;
        foreach (var node in function.Body.Subtree)
        {
            if (node.Kind == NodeKind.ComparisonOperator && node.Parent.Kind == NodeKind.IfStatement && node.Field == Field.Condition && node.Children.At(1).Is("not in"u8)
                && Refuses(node.Parent.Child(Field.Consequence)))
                return true;
        }

        return false;
    }

    private static bool Refuses(Node block)
    {
        foreach (var statement in block.Children)
        {
            if (statement.Kind == NodeKind.RaiseStatement || statement.Kind == NodeKind.ReturnStatement && (!statement.FirstChild.Exists || statement.FirstChild.Kind == NodeKind.NoneLiteral))
                return true;
        }

        return false;
    }

    private bool IsFreshName(Node name, Function? by, int depth, ref int steps)
    {
        if (name.Is("request"u8) || name.Is("req"u8))
            return true;
        if (Resolver.BindingOf(name) is not { } binding)
            return false;
        switch (binding.Kind)
        {
            case BindingKind.Parameter when binding.Scope.Function is { Owner: { } owner, Parameters: [var self, ..] } && self == binding.Name:
                return name.Parent.Kind == NodeKind.Attribute && IsFreshAttribute(owner, name.Parent.Child(Field.Attribute).Name, depth, ref steps);
            case BindingKind.Parameter:
                return binding.Scope.Function is not { } function || IsFreshParameter(function, binding.Name, depth, ref steps);
            case BindingKind.Variable when binding.Scope.Kind == ScopeKind.Function:
                foreach (var assignment in binding.Assignments)
                {
                    if (IsFresh(assignment.Value, assignment.By ?? by, depth - 1, ref steps))
                        return true;
                }

                return false;
            default:
                return false;
        }
    }

    private bool IsFreshAttribute(Class owner, string attribute, int depth, ref int steps)
    {
        if (attribute is "request" or "scope" or "path_args" or "path_kwargs")
            return true;
        if (project.Resolver.Member(owner.QualifiedName, attribute) is not { Kind: BindingKind.Variable } member)
            return false;
        foreach (var assignment in member.Assignments)
        {
            if (assignment.By is { } maker && IsFresh(assignment.Value, maker, depth - 1, ref steps))
                return true;
        }

        return false;
    }

    private bool IsFreshParameter(Function function, string parameter, int depth, ref int steps)
    {
        if (reach.Entries.ContainsKey(function))
            return true;
        var sites = function.Name is "__init__" or "__new__" && function.Owner is { } owner ? calls.Of(owner.QualifiedName) : calls.Of(function.QualifiedName);
        // Handed over rather than called, or called through what is not known.
        if (sites.Count == 0)
            return true;
        var position = function.Parameters.ToList().IndexOf(parameter) - (function.Owner is null ? 0 : 1);
        foreach (var site in sites)
        {
            if (site.By is null || reach.Of(site.By) != Frequency.Repeated)
                continue;
            if (site.HasSpread || site.Argument(position, System.Text.Encoding.UTF8.GetBytes(parameter)) is { Exists: true } argument && IsFresh(argument, site.By, depth - 1, ref steps))
                return true;
        }

        return false;
    }
}
