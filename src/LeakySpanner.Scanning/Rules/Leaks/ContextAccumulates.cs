using LeakySpanner.Scanning.Projects;
using LeakySpanner.Scanning.Symbols;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Rules.Leaks;

/// <summary>Containers in thread-locals and context variables that every request fills.</summary>
public sealed class ContextAccumulates : Rule
{
    private static readonly string[] Growing = ["append", "add", "extend", "update", "setdefault", "insert", "appendleft"];

    public override RuleInfo Info { get; } = new(
        "context_accumulates",
        "thread-local or context variable that accumulates",
        RuleSeverity.High,
        """
        A server's threads live as long as the process, and so do their thread-locals; a context variable's default is one object for all contexts. A list or dict in there that requests
        append to, and that none of them empties or replaces, keeps what all requests have put in, once per thread.
        """,
        """
        import threading

        local = threading.local()
        local.queries = []

        @app.get("/rows")
        def rows(q: str):
            local.queries.append(q)
        """,
        """
        import threading

        local = threading.local()

        @app.get("/rows")
        def rows(q: str):
            local.queries = []
            local.queries.append(q)
        """);

    public override void Check(Module module, RuleContext context)
    {
        foreach (var site in context.Calls.In(module))
        {
            if (site.By is not { } by || context.Reach.Of(by) != Frequency.Repeated || !Growing.Contains(site.Method) || HolderOf(site.Receiver, context) is not { } holder)
                continue;
            if (IsEmptied(holder, context))
                continue;
            context.Report(context.Case(
                site.Call,
                $"{site.Receiver.Text} is filled {context.When(by)}, and nothing ever empties it: it lives as long as its thread",
                $"{(holder.Attribute.Length > 0 ? site.Receiver.Text + " = []" : holder.Name[(holder.Name.LastIndexOf('.') + 1)..] + ".set([])")}  # at the start of every request",
                Confidence.High,
                by));
        }
    }

    /// <summary>local.queries, or var.get(); the attribute is empty for a context variable.</summary>
    private static (string Name, string Attribute)? HolderOf(Node receiver, RuleContext context)
    {
        if (receiver.Kind == NodeKind.Attribute && context.Resolver.TypeOf(receiver.Child(Field.Object)) is { Name: "threading.local" }
            && context.Resolver.NameOf(receiver.Child(Field.Object)) is { } local)
            return (local, receiver.Child(Field.Attribute).Text);
        if (receiver.Kind == NodeKind.Call && receiver.Child(Field.Function) is { Kind: NodeKind.Attribute } get && get.Child(Field.Attribute).Is("get"u8)
            && context.Resolver.TypeOf(get.Child(Field.Object)) is { Name: "contextvars.ContextVar" } && context.Resolver.NameOf(get.Child(Field.Object)) is { } variable)
            return (variable, "");
        if (receiver.Kind == NodeKind.Identifier && Resolver.BindingOf(receiver) is { Scope.Kind: ScopeKind.Function, Assignments: [{ Kind: AssignmentKind.Plain } only] })
            return only.Value.Kind is NodeKind.Attribute or NodeKind.Call ? HolderOf(only.Value, context) : null;
        return null;
    }

    private static bool IsEmptied((string Name, string Attribute) holder, RuleContext context)
    {
        foreach (var module in context.Project.Modules)
        {
            if (holder.Attribute.Length == 0)
            {
                // A context of its own, with a container of its own.
                if (context.Calls.In(module).Any(site => site.Method == "set" && site.By is not null && site.Receiver.Exists && context.Resolver.NameOf(site.Receiver) == holder.Name))
                    return true;
                continue;
            }

            foreach (var node in module.File.Tree.Root.Subtree)
            {
                if (node.Kind == NodeKind.Attribute && node.Child(Field.Attribute).Is(System.Text.Encoding.UTF8.GetBytes(holder.Attribute)) && IsEmptying(node, module)
                    && context.Resolver.NameOf(node.Child(Field.Object)) == holder.Name)
                    return true;
            }
        }

        return false;
    }

    private static bool IsEmptying(Node attribute, Module module)
    {
        var around = attribute.Parent;
        if (around.Kind == NodeKind.Assignment && around.Child(Field.Left) == attribute)
            return module.FunctionOf(attribute) is not null && !IsFirstUse(around);
        if (around.Kind == NodeKind.DeleteStatement || around.Kind == NodeKind.Subscript && around.Parent.Kind == NodeKind.DeleteStatement)
            return true;
        return around.Kind == NodeKind.Attribute && around.Child(Field.Attribute).Text is "clear" or "pop" or "popleft" or "remove" or "discard" or "popitem";
    }

    /// <summary>`if not hasattr(local, "rows"): local.rows = []`: only the first request of a thread gets there.</summary>
    private static bool IsFirstUse(Node assignment) =>
        assignment.Around(NodeKind.IfStatement) is { Exists: true } guard && guard.Child(Field.Condition).Text is var condition
        && (condition.Contains("hasattr", StringComparison.Ordinal) || condition.Contains("is None", StringComparison.Ordinal));
}
