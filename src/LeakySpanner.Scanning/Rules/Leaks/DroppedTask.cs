using LeakySpanner.Scanning.Symbols;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Rules.Leaks;

/// <summary>create_task whose result nobody keeps.</summary>
public sealed class DroppedTask : Rule
{
    public override RuleInfo Info { get; } = new(
        "dropped_task",
        "task that nobody keeps",
        RuleSeverity.Medium,
        """
        The event loop keeps only a weak reference to a task (https://docs.python.org/3/library/asyncio-task.html#asyncio.create_task). One that nobody keeps may be collected
        before it has ended, its exceptions are seen by nobody, and nothing limits how many of them are under way. Keep it in a set and take it out when it is done, or use a
        TaskGroup.
        """,
        """
        @app.post("/orders")
        async def order(number: int):
            asyncio.create_task(send_mail(number))

        async def send_mail(number):
            await asyncio.sleep(1)
        """,
        """
        tasks = set()

        @app.post("/orders")
        async def order(number: int):
            task = asyncio.create_task(send_mail(number))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

        async def send_mail(number):
            await asyncio.sleep(1)
        """);

    public override void Check(Module module, RuleContext context)
    {
        foreach (var site in context.Calls.In(module))
        {
            if (!Tasks.IsTask(site) || site.By is not { } by || !IsDropped(site.Call, by))
                continue;
            context.Report(context.Case(
                site.Call,
                $"nobody keeps the task that {by.Name}() starts{(context.Reach.EntryOf(by) is null ? "" : " " + context.When(by))}",
                "task = asyncio.create_task(...); tasks.add(task); task.add_done_callback(tasks.discard)",
                // What another thread starts is held by what it waits for; only its errors are lost for sure.
                site.Callee == "asyncio.run_coroutine_threadsafe" ? Confidence.Low : Confidence.High,
                by));
        }
    }

    /// <summary>An expression of its own, or a name that is never looked at.</summary>
    private static bool IsDropped(Node call, Function by)
    {
        if (call.Parent.Kind == NodeKind.ExpressionStatement)
            return true;
        if (call.Parent.Kind != NodeKind.Assignment || call.Parent.Child(Field.Left) is not { Kind: NodeKind.Identifier } name || by.Scope.Own(name.Name)?.Scope != by.Scope)
            return false;
        foreach (var node in by.Body.Subtree)
        {
            if (node.Kind == NodeKind.Identifier && node != name && node.Name == name.Name)
                return false;
        }

        return true;
    }
}
