using LeakySpanner.Scanning.Projects;
using LeakySpanner.Scanning.Symbols;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Rules.Latency;

/// <summary>Middleware that blocks the event loop, or makes every response wait for something that nobody needs to wait for.</summary>
public sealed class BlockingMiddleware : BlockingRule
{
    public override RuleInfo Info { get; } = new(
        "blocking_middleware",
        "middleware that makes every request wait",
        RuleSeverity.High,
        """
        Middleware runs for every request, so what it waits for is added to all of them. A call without await stops the event loop for each request that comes in. What is awaited
        after call_next, and whose result nobody uses (writing a log to a database), delays a response that is ready: give it to the response as a background task. Do not
        replace it by asyncio.create_task alone: nobody keeps such a task, and nothing limits how many there are.
        """,
        """
        import time
        import requests

        @app.middleware("http")
        async def audit(request, call_next):
            response = await call_next(request)
            requests.post("http://audit.internal/", json={"path": request.url.path}, timeout=2)
            return response
        """,
        """
        import requests
        from starlette.background import BackgroundTask

        def report(path):
            requests.post("http://audit.internal/", json={"path": path}, timeout=2)

        @app.middleware("http")
        async def audit(request, call_next):
            response = await call_next(request)
            response.background = BackgroundTask(report, request.url.path)
            return response
        """)
    {
        IsLatency = true,
    };

    protected override string Consequence => "every request waits for it, and no other is served meanwhile";

    public override void Check(Module module, RuleContext context)
    {
        base.Check(module, context);
        foreach (var function in module.Functions)
        {
            if (function.IsAsync && IsMine(function, context))
                CheckAfterResponse(function, context);
        }
    }

    protected override bool IsMine(Function function, RuleContext context) => context.Reach.Entries.TryGetValue(function, out var entry) && entry.Kind == EntryKind.Middleware;

    private static void CheckAfterResponse(Function function, RuleContext context)
    {
        if (!function.Parameters.Contains("call_next"))
            return;
        var (called, response) = (-1, "");
        foreach (var node in function.Body.Subtree)
        {
            if (node.Kind != NodeKind.Await || !ReferenceEquals(function.Module.FunctionOf(node), function) || node.FirstChild is not { Kind: NodeKind.Call } call)
                continue;
            if (call.Child(Field.Function).Is("call_next"u8))
            {
                called = node.Index;
                response = node.Parent.Kind == NodeKind.Assignment ? node.Parent.Child(Field.Left).Name : "";
            }
            else if (called >= 0 && node.Parent.Kind == NodeKind.ExpressionStatement && IsOwnCoroutine(call, context) && !Mentions(call, response) && !node.Around(NodeKind.ExceptClause).Exists)
            {
                context.Report(context.Case(
                    call,
                    $"the response is ready, and waits for {call.Child(Field.Function).Text}(), whose result nobody uses",
                    $"{(response.Length > 0 ? response : "response")}.background = BackgroundTask({call.Child(Field.Function).Text}, ...)",
                    Confidence.Medium,
                    function) with
                {
                    Severity = RuleSeverity.Medium,
                });
            }
        }
    }

    /// <summary>A coroutine function of the project: what a framework's own await does is its business.</summary>
    private static bool IsOwnCoroutine(Node call, RuleContext context) =>
        context.Resolver.NameOf(call.Child(Field.Function)) is { } name && context.Project.FunctionOf(name) is { IsAsync: true };

    private static bool Mentions(Node call, string name)
    {
        if (name.Length == 0)
            return false;
        foreach (var node in call.Child(Field.Arguments).Subtree)
        {
            if (node.Kind == NodeKind.Identifier && node.Name == name)
                return true;
        }

        return false;
    }
}
