using LeakySpanner.Scanning.Projects;
using LeakySpanner.Scanning.Symbols;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Rules.Leaks;

/// <summary>Calls that start tasks and threads.</summary>
internal static class Tasks
{
    public static bool IsTask(CallSite site) => site.Callee is
        "asyncio.create_task" or "asyncio.ensure_future" or "asyncio.tasks.create_task" or "asyncio.AbstractEventLoop.create_task" or "asyncio.run_coroutine_threadsafe";

    public static bool IsThread(CallSite site) => site.Callee is "threading.Thread" or "threading.Timer";

    /// <summary>The function of the project that a task runs: f of create_task(f(x)), or null.</summary>
    public static Function? Body(CallSite site, RuleContext context)
    {
        var started = site.Argument(0, "coro"u8).Bare;
        return started.Kind == NodeKind.Call && context.Resolver.NameOf(started.Child(Field.Function)) is { } name ? context.Project.FunctionOf(name) : null;
    }

    /// <summary>The `while True` of a function that nothing leaves, or none.</summary>
    public static Node EndlessLoop(Function function)
    {
        foreach (var node in function.Body.Subtree)
        {
            if (node.Kind == NodeKind.WhileStatement && node.Child(Field.Condition).Bare is var condition && (condition.Kind == NodeKind.True || condition.Is("1"u8))
                && node.Around(NodeKind.FunctionDefinition) == function.Definition && !IsLeft(node))
                return node;
        }

        return default;
    }

    private static bool IsLeft(Node loop)
    {
        foreach (var node in loop.Child(Field.Body).Subtree)
        {
            if (node.Kind is NodeKind.ReturnStatement or NodeKind.RaiseStatement)
                return true;
            if (node.Kind == NodeKind.BreakStatement && InnermostLoop(node) == loop)
                return true;
            // A closed socket or connection raises.
            if (node.Kind == NodeKind.Call && node.Child(Field.Function) is { Kind: NodeKind.Attribute } method
                && method.Child(Field.Attribute).Text is var name && (name.StartsWith("receive", StringComparison.Ordinal) || name.StartsWith("send_", StringComparison.Ordinal) || name is "recv" or "send" or "accept" or "read" or "readline" or "__anext__")
                && !node.Around(NodeKind.TryStatement).Exists)
                return true;
        }

        return false;
    }

    private static Node InnermostLoop(Node node)
    {
        var at = node.Parent;
        while (at.Exists && at.Kind is not (NodeKind.WhileStatement or NodeKind.ForStatement))
            at = at.Parent;
        return at;
    }
}
