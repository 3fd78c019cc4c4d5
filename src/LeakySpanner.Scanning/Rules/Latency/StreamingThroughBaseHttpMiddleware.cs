using System.Collections.Frozen;
using LeakySpanner.Scanning.Projects;
using LeakySpanner.Scanning.Symbols;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Rules.Latency;

/// <summary>Streamed responses behind a middleware that copies them piece by piece, or puts them together again.</summary>
public sealed class StreamingThroughBaseHttpMiddleware : Rule
{
    private const string Base = "starlette.middleware.base.BaseHTTPMiddleware";

    private static readonly FrozenSet<string> Streams = FrozenSet.Create(
        StringComparer.Ordinal, "starlette.responses.StreamingResponse", "fastapi.responses.StreamingResponse", "sse_starlette.EventSourceResponse",
        "sse_starlette.sse.EventSourceResponse");

    public override RuleInfo Info { get; } = new(
        "streaming_through_base_http_middleware",
        "streaming behind BaseHTTPMiddleware",
        RuleSeverity.Medium,
        """
        BaseHTTPMiddleware (and @app.middleware("http"), which is the same) runs the application in a task of its own and hands every piece of the response through a queue:
        each piece of a stream costs two more task switches, a client that has gone is noticed late, and a middleware that reads body_iterator holds the whole stream in memory.
        A middleware written as plain ASGI (a class with __call__(scope, receive, send)) passes pieces on untouched.
        """,
        """
        from fastapi.responses import StreamingResponse

        @app.middleware("http")
        async def add_header(request, call_next):
            response = await call_next(request)
            response.headers["x-served-by"] = "shop"
            return response

        @app.get("/export")
        async def export():
            return StreamingResponse(str(i) for i in range(10_000))
        """,
        """
        from fastapi.responses import StreamingResponse

        class AddHeader:
            def __init__(self, app):
                self.app = app

            async def __call__(self, scope, receive, send):
                async def send_with_header(message):
                    if message["type"] == "http.response.start":
                        message["headers"] = [*message["headers"], (b"x-served-by", b"shop")]
                    await send(message)

                await self.app(scope, receive, send_with_header)

        app.add_middleware(AddHeader)

        @app.get("/export")
        async def export():
            return StreamingResponse(str(i) for i in range(10_000))
        """)
    {
        IsLatency = true,
    };

    public override void Check(Module module, RuleContext context)
    {
        foreach (var function in module.Functions)
        {
            if (!function.IsAsync || PlaceOf(function, context) is not { Exists: true } place)
                continue;
            if (WholeBody(function) is { Exists: true } whole)
            {
                context.Report(context.Case(
                    whole, $"{function.Name}() reads the whole body of every response into memory, streams too", "a plain ASGI middleware that looks at each http.response.body message and passes it on",
                    Confidence.Medium, function));
            }
            else if (Stream(context) is { } stream)
            {
                context.Report(context.Case(
                    place, $"every piece of the streamed responses goes through the queue of {Named(function)}", "a plain ASGI middleware: class with async def __call__(self, scope, receive, send)",
                    Confidence.Medium, function) with
                {
                    Related = [new RelatedPlace(stream.Module.File, stream.Call, "streamed here")],
                });
            }
        }
    }

    private static string Named(Function function) => function.Owner?.Name ?? function.Name + "()";

    /// <summary>The decorator or the class that makes a function the middleware's, or none.</summary>
    private static Node PlaceOf(Function function, RuleContext context)
    {
        if (function.Owner is { } owner)
        {
            return function.Name == "dispatch" && owner.Bases.Count > 0 && context.Resolver.Lineage(owner.QualifiedName).Contains(Base) ? owner.Definition.Child(Field.Name) : default;
        }

        foreach (var decorator in function.Decorators)
        {
            if (decorator.Kind == NodeKind.Call && decorator.Child(Field.Function) is { Kind: NodeKind.Attribute } method && method.Child(Field.Attribute).Is("middleware"u8)
                && new CallSite(decorator, null, null).Argument(0).Text is "\"http\"" or "'http'" && function.Parameters.Count == 2
                && context.Resolver.TypeOf(method.Child(Field.Object))?.Name is "fastapi.FastAPI" or "fastapi.applications.FastAPI" or "starlette.applications.Starlette")
                return decorator;
        }

        return default;
    }

    /// <summary>`async for part in response.body_iterator` that keeps what it reads, or none.</summary>
    private static Node WholeBody(Function function)
    {
        foreach (var node in function.Body.Subtree)
        {
            if (node.Kind == NodeKind.Attribute && node.Child(Field.Attribute).Is("body_iterator"u8) && node.Parent is { Kind: NodeKind.ForInClause or NodeKind.ForStatement } loop
                && node.Field == Field.Right && !Yields(loop) && ReferenceEquals(function.Module.FunctionOf(node), function))
                return node;
        }

        return default;
    }

    private static bool Yields(Node loop)
    {
        foreach (var node in loop.Subtree)
        {
            if (node.Kind == NodeKind.Yield)
                return true;
        }

        return false;
    }

    /// <summary>The first streamed response that something of a request makes.</summary>
    private static (Module Module, Node Call)? Stream(RuleContext context)
    {
        foreach (var module in context.Project.Modules)
        {
            foreach (var site in context.Calls.In(module))
            {
                if (site.Callee is { } callee && Streams.Contains(callee) && site.By is { } by && context.Reach.Of(by) == Frequency.Repeated)
                    return (module, site.Call);
            }
        }

        return null;
    }
}
