using LeakySpanner.Scanning.Projects;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Rules.Leaks;

/// <summary>What a function does with something that it has opened.</summary>
internal static class Fate
{
    public enum Kind : byte
    {
        /// <summary>A with statement, or a close that every path reaches.</summary>
        Closed,

        /// <summary>Returned, stored, or given to somebody who may close it.</summary>
        HandedOn,

        /// <summary>Used where it was made, without a name.</summary>
        Anonymous,

        /// <summary>It has a name, and nobody closes it.</summary>
        NeverClosed,

        /// <summary>Closed at the end, with a return before that.</summary>
        ClosedSometimes,
    }

    private static readonly string[] Closing =
        ["close", "aclose", "release", "shutdown", "terminate", "kill", "wait", "communicate", "quit", "disconnect", "join", "dispose", "putconn", "__exit__", "__aexit__"];

    /// <summary>Functions that read what they are given and leave it open.</summary>
    private static readonly string[] Readers =
        ["json.load", "csv.reader", "csv.DictReader", "csv.writer", "csv.DictWriter", "pickle.load", "pickle.dump", "json.dump", "yaml.safe_load", "yaml.load", "tomllib.load", "builtins.len", "builtins.print", "builtins.list", "builtins.iter", "builtins.str"];

    public static Kind Of(CallSite opened, Resolver resolver)
    {
        var value = opened.Call;
        while (value.Parent.Kind is NodeKind.Await or NodeKind.ParenthesizedExpression)
            value = value.Parent;
        var around = value.Parent;
        switch (around.Kind)
        {
            case NodeKind.Attribute:
                // Popen(...).wait(), open(...).close()
                return Closing.Contains(around.Child(Field.Attribute).Text) ? Kind.Closed : Kind.Anonymous;
            case NodeKind.ExpressionStatement:
                return Kind.Anonymous;
            case NodeKind.Assignment when around.Child(Field.Left) is { Kind: NodeKind.Identifier } name && around.Child(Field.Right) == value:
                return OfName(name, opened, resolver);
            case NodeKind.ForStatement:
                return Kind.Anonymous;
            default:
                return Kind.HandedOn;
        }
    }

    private static Kind OfName(Node name, CallSite opened, Resolver resolver)
    {
        if (opened.By is not { } by || Resolver.BindingOf(name) is not { Scope: var scope } || !ReferenceEquals(scope, by.Scope))
            return Kind.HandedOn;
        Node closed = default;
        foreach (var use in by.Body.Subtree)
        {
            if (use.Kind != NodeKind.Identifier || use == name || use.Name != name.Name)
                continue;
            var around = use.Parent;
            if (around.Kind == NodeKind.Attribute && around.Child(Field.Object) == use)
            {
                if (Closing.Contains(around.Child(Field.Attribute).Text))
                {
                    if (around.Parent.Kind != NodeKind.Call || InFinally(around))
                        return Kind.Closed;
                    closed = around;
                }

                continue;
            }

            if (around.Kind is NodeKind.ComparisonOperator or NodeKind.NotOperator or NodeKind.BooleanOperator or NodeKind.IfStatement or NodeKind.Interpolation
                || around.Kind == NodeKind.Assignment && around.Child(Field.Left) == use
                || around.Kind == NodeKind.Attribute
                || around.Kind is NodeKind.ForStatement or NodeKind.ForInClause && around.Child(Field.Right) == use
                || IsRead(around, resolver))
                continue;
            return Kind.HandedOn;
        }

        if (!closed.Exists)
            return Kind.NeverClosed;
        return HasWayOut(by.Body, opened.Call, closed) ? Kind.ClosedSometimes : Kind.Closed;
    }

    private static bool IsRead(Node around, Resolver resolver) =>
        around.Kind == NodeKind.ArgumentList && around.Parent.Kind == NodeKind.Call && resolver.NameOf(around.Parent.Child(Field.Function)) is { } reader && Readers.Contains(reader);

    private static bool InFinally(Node node) => node.Around(NodeKind.FinallyClause).Exists;

    /// <summary>A return or raise between opening and closing that is not the closing branch's own.</summary>
    private static bool HasWayOut(Node body, Node opened, Node closed)
    {
        foreach (var node in body.Subtree)
        {
            if (node.Start > opened.End && node.End < closed.Start && node.Kind is NodeKind.ReturnStatement or NodeKind.RaiseStatement
                && node.Around(NodeKind.FunctionDefinition) == closed.Around(NodeKind.FunctionDefinition) && !node.Around(NodeKind.ExceptClause).Contains(opened))
                return true;
        }

        return false;
    }
}
