using LeakySpanner.Scanning.Projects;
using LeakySpanner.Scanning.Symbols;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Rules.Leaks;

/// <summary>Tasks that requests start and that can never end.</summary>
public sealed class TasksNeverEnd : Rule
{
    public override RuleInfo Info { get; } = new(
        "tasks_never_end",
        "task per request that never ends",
        RuleSeverity.High,
        """
        Every request starts a task whose coroutine cannot end: it loops for ever, or waits without a timeout for an event that nothing in the project sets. Each such task stays,
        with its frame, its arguments and all that they refer to.
        """,
        """
        @app.post("/watch/{symbol}")
        async def watch(symbol: str):
            task = asyncio.create_task(poll(symbol))
            return task.get_name()

        async def poll(symbol):
            while True:
                await asyncio.sleep(5)
        """,
        """
        @app.post("/watch/{symbol}")
        async def watch(symbol: str):
            task = asyncio.create_task(poll(symbol))
            return task.get_name()

        async def poll(symbol):
            for _ in range(100):
                await asyncio.sleep(5)
        """);

    public override void Check(Module module, RuleContext context)
    {
        foreach (var site in context.Calls.In(module))
        {
            if (!Tasks.IsTask(site) || site.By is not { } by || context.Reach.Of(by) != Frequency.Repeated || IsCancelled(site, by))
                continue;
            if (Tasks.Body(site, context) is not { } started || Why(started, context) is not var (why, place))
                continue;
            context.Report(context.Case(
                site.Call,
                $"{started.Name}() is started {context.When(by)} and never ends: it {why}",
                $"async with asyncio.timeout(60):  # in {started.Name}(), around what it waits for",
                Confidence.High,
                by) with
            {
                Subject = started.QualifiedName,
                Related = [new RelatedPlace(Resolver.ModuleOf(place).File, place, "here")],
            });
        }
    }

    private static (string Why, Node Place)? Why(Function started, RuleContext context)
    {
        if (Tasks.EndlessLoop(started) is { Exists: true } loop)
            return ("loops without a way out", loop);
        foreach (var site in context.Calls.In(started))
        {
            if (site is { IsAwaited: true, Callee: "asyncio.Event.wait" } && site.Receiver is var waited && IsNeverSet(waited, context))
                return ("waits for an event that nothing sets", site.Call);
        }

        return null;
    }

    private static bool IsNeverSet(Node waited, RuleContext context)
    {
        if (waited.Kind != NodeKind.Attribute && waited.Kind != NodeKind.Identifier || context.Resolver.NameOf(waited) is not { } name || context.Project.Symbol(name) is null)
            return false;
        var last = name[(name.LastIndexOf('.') + 1)..];
        foreach (var module in context.Project.Modules)
        {
            foreach (var site in context.Calls.In(module))
            {
                if (site.Method == "set" && site.Receiver.Exists && site.Receiver.Text.EndsWith(last, StringComparison.Ordinal))
                    return false;
            }
        }

        return true;
    }

    /// <summary>The function that starts it cancels something: then it will be this.</summary>
    private static bool IsCancelled(CallSite site, Function by)
    {
        foreach (var node in by.Body.Subtree)
        {
            if (node.Kind == NodeKind.Attribute && node.Child(Field.Attribute).Is("cancel"u8))
                return true;
        }

        // Kept in an attribute or a dict, somebody else may cancel it.
        return site.Call.Parent is { Kind: NodeKind.Assignment } assignment && assignment.Child(Field.Left).Kind is NodeKind.Attribute or NodeKind.Subscript;
    }
}
