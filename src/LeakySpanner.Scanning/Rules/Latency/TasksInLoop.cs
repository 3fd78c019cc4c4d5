using System.Collections.Frozen;
using LeakySpanner.Scanning.Projects;
using LeakySpanner.Scanning.Symbols;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Rules.Latency;

/// <summary>As many background tasks as a request has items.</summary>
public sealed class TasksInLoop : Rule
{
    private static readonly FrozenSet<string> Makers = FrozenSet.Create(
        StringComparer.Ordinal, "asyncio.create_task", "asyncio.ensure_future", "asyncio.get_event_loop().create_task", "asyncio.AbstractEventLoop.create_task");

    public override RuleInfo Info { get; } = new(
        "background_tasks_in_loop",
        "a background task for every item",
        RuleSeverity.Medium,
        """
        One request adds as many background tasks as it has items. BackgroundTasks run one after another once the response is sent, and keep the request, its items and its
        dependencies in memory until the last is done; tasks of asyncio.create_task run all at once, and open a connection each. A caller who sends a long list decides how much of
        that there is. One task that goes through the items, or a queue with a few workers, has a bound.
        """,
        """
        from fastapi import BackgroundTasks

        def notify(user: str): ...

        @app.post("/notify")
        def notify_all(users: list[str], background_tasks: BackgroundTasks):
            for user in users:
                background_tasks.add_task(notify, user)
            return {"queued": len(users)}
        """,
        """
        from fastapi import BackgroundTasks

        def notify_each(users: list[str]): ...

        @app.post("/notify")
        def notify_all(users: list[str], background_tasks: BackgroundTasks):
            background_tasks.add_task(notify_each, users)
            return {"queued": len(users)}
        """)
    {
        IsLatency = true,
    };

    public override void Check(Module module, RuleContext context)
    {
        foreach (var site in context.Calls.In(module))
        {
            if (site.By is not { } by || context.Reach.Of(by) != Frequency.Repeated || LoopAround(site.Call, by) is not { Exists: true } loop || !HasNoBound(loop))
                continue;
            var isQueue = site.Method == "add_task" && context.Resolver.TypeOf(site.Receiver)?.Name is "fastapi.BackgroundTasks" or "starlette.background.BackgroundTasks" or "fastapi.background.BackgroundTasks";
            if (isQueue)
            {
                context.Report(context.Case(
                    site.Call, $"a background task for every item of {Short(loop)}, {context.When(by)}", "one task that goes through the items: " + One(site, loop), Confidence.High, by));
            }
            else if (site.Callee is { } callee && Makers.Contains(callee) && site.Call.Parent.Kind == NodeKind.ExpressionStatement && !IsLimited(site.Call, by))
            {
                context.Report(context.Case(
                    site.Call, $"a task for every item of {Short(loop)}, all at once, {context.When(by)}", "a queue with a few workers, or asyncio.Semaphore inside each task", Confidence.Medium, by));
            }
        }
    }

    /// <summary>The for or while whose body, or the comprehension whose element, a call is; none where a function lies between.</summary>
    private static Node LoopAround(Node call, Function by)
    {
        var inner = call;
        for (var node = call.Parent; node.Exists && node.Index > by.Definition.Index; node = node.Parent)
        {
            if (node.Kind == NodeKind.Lambda)
                return default;
            if (node.Kind == NodeKind.ForStatement && inner.Field == Field.Body && !node.Child(NodeKind.Async).Exists)
                return node;
            if (node.Kind is NodeKind.ListComprehension or NodeKind.SetComprehension && inner.Kind != NodeKind.ForInClause)
                return node;
            inner = node;
        }

        return default;
    }

    private static Node Iterable(Node loop) => loop.Kind == NodeKind.ForStatement ? loop.Child(Field.Right) : loop.Child(NodeKind.ForInClause).Child(Field.Right);

    /// <summary>True unless the number of rounds stands in the source.</summary>
    private static bool HasNoBound(Node loop)
    {
        var iterable = Iterable(loop).Bare;
        if (iterable.Kind is NodeKind.List or NodeKind.Tuple or NodeKind.Set or NodeKind.Dictionary or NodeKind.String)
            return false;
        if (iterable.Kind == NodeKind.Subscript && iterable.Child(Field.Subscript).Kind == NodeKind.Slice)
            return false;
        if (iterable.Kind == NodeKind.Call && iterable.Child(Field.Function).Is("range"u8))
        {
            foreach (var argument in iterable.Child(Field.Arguments).Children)
            {
                if (!Literals.IsConstant(argument))
                    return true;
            }

            return false;
        }

        return !(iterable.Kind == NodeKind.Identifier && Resolver.BindingOf(iterable) is { Scope.Kind: ScopeKind.Module });
    }

    /// <summary>True under `async with semaphore`.</summary>
    private static bool IsLimited(Node call, Function by)
    {
        for (var node = call.Parent; node.Exists && node.Index > by.Definition.Index; node = node.Parent)
        {
            if (node.Kind == NodeKind.WithStatement && node.Child(NodeKind.Async).Exists)
                return true;
        }

        return false;
    }

    private static string Short(Node loop) => Iterable(loop).Text is { Length: <= 40 } text ? text.ReplaceLineEndings(" ") : "a list";

    private static string One(CallSite site, Node loop) => $"{site.Receiver.Text}.add_task({(site.Argument(0) is { Exists: true } function ? function.Text : "task")}_each, {Short(loop)})";
}
