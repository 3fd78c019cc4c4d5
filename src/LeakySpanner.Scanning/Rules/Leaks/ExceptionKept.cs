using LeakySpanner.Scanning.Projects;
using LeakySpanner.Scanning.Projects.Storages;
using LeakySpanner.Scanning.Symbols;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Rules.Leaks;

/// <summary>Exceptions that are stored with their tracebacks.</summary>
public sealed class ExceptionKept : Rule
{
    public override RuleInfo Info { get; } = new(
        "exception_kept",
        "exception is kept with its traceback",
        RuleSeverity.Medium,
        """
        An exception refers to its traceback, the traceback to the frames of all functions that it came through, and each frame to all its local variables: the request, the rows,
        the response. Whoever keeps the exception keeps them all. Its text, or traceback.format_exc(), says the same to a reader.
        """,
        """
        errors = []

        @app.get("/report")
        def report():
            rows = [0] * 1_000_000
            try:
                return rows[2_000_000]
            except IndexError as error:
                errors.append(error)
        """,
        """
        from collections import deque

        errors = deque(maxlen=100)

        @app.get("/report")
        def report():
            rows = [0] * 1_000_000
            try:
                return rows[2_000_000]
            except IndexError as error:
                errors.append(repr(error))
        """);

    public override void Check(Module module, RuleContext context)
    {
        foreach (var (storage, mutation) in context.Facts.Storages.In(module))
        {
            if (mutation.Kind is not (MutationKind.Grow or MutationKind.Replace) || mutation.By is not { } by || context.Reach.Of(by) == Frequency.Once)
                continue;
            if (!KeepsException(mutation, context) || context.Facts.Storages.Lifetimes.Of(storage) is var lifetime && lifetime == Lifetime.Short)
                continue;
            var repeated = context.Reach.Of(by) == Frequency.Repeated && lifetime == Lifetime.Process;
            context.Report(context.Case(
                mutation.At,
                $"{storage.ShortName} keeps the exception, its traceback and the variables of every function that it came through",
                "keep repr(error) or traceback.format_exc() instead",
                repeated ? Confidence.High : storage.Outer is null && lifetime == Lifetime.Process && mutation.Kind == MutationKind.Grow ? Confidence.Medium : Confidence.Low,
                by) with
            {
                Subject = storage.Name,
                Severity = mutation.Kind == MutationKind.Replace ? RuleSeverity.Low : RuleSeverity.Medium,
            });
        }
    }

    private static bool KeepsException(Mutation mutation, RuleContext context)
    {
        foreach (var node in mutation.Value.Exists ? mutation.Value.Subtree : default)
        {
            if (node.Kind == NodeKind.Call && context.Resolver.NameOf(node.Child(Field.Function)) == "sys.exc_info" && node == mutation.Value.Bare)
                return true;
            if (node.Kind == NodeKind.Attribute && node.Child(Field.Attribute).Is("__traceback__"u8) && node == mutation.Value.Bare)
                return true;
            if (node.Kind == NodeKind.Identifier && IsWhole(node, mutation.Value) && IsCaught(node))
                return true;
        }

        return false;
    }

    /// <summary>The name itself, or part of a tuple, list or dict; not something made of it.</summary>
    private static bool IsWhole(Node name, Node value)
    {
        for (var at = name; at != value; at = at.Parent)
        {
            if (at.Parent.Kind is not (NodeKind.Tuple or NodeKind.List or NodeKind.Dictionary or NodeKind.Pair or NodeKind.ParenthesizedExpression or NodeKind.ExpressionList))
                return false;
        }

        return true;
    }

    private static bool IsCaught(Node name)
    {
        for (var clause = name.Around(NodeKind.ExceptClause); clause.Exists; clause = clause.Around(NodeKind.ExceptClause))
        {
            foreach (var part in clause.Children)
            {
                if (part.Kind == NodeKind.AsPattern && part.Child(Field.Alias) is { Exists: true } alias && alias.Text == name.Text)
                    return true;
            }
        }

        return false;
    }
}
