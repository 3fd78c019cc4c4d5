using System.Collections.Frozen;
using LeakySpanner.Scanning.Projects;
using LeakySpanner.Scanning.Symbols;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Rules.Latency;

/// <summary>A client with a pool of connections, made anew for every request.</summary>
public sealed class ClientPerRequest : Rule
{
    private static readonly FrozenDictionary<string, string> Clients = new Dictionary<string, string>
    {
        ["httpx.AsyncClient"] = "connections and a TLS context",
        ["httpx.Client"] = "connections and a TLS context",
        ["aiohttp.ClientSession"] = "connections",
        ["aiohttp.client.ClientSession"] = "connections",
        ["pymongo.MongoClient"] = "connections and monitoring threads",
        ["pymongo.mongo_client.MongoClient"] = "connections and monitoring threads",
        ["motor.motor_asyncio.AsyncIOMotorClient"] = "connections and monitoring threads",
        ["redis.Redis"] = "connections",
        ["redis.StrictRedis"] = "connections",
        ["redis.from_url"] = "connections",
        ["redis.Redis.from_url"] = "connections",
        ["redis.asyncio.Redis"] = "connections",
        ["redis.asyncio.from_url"] = "connections",
        ["redis.asyncio.Redis.from_url"] = "connections",
        ["sqlalchemy.create_engine"] = "connections and compiled statements",
        ["sqlalchemy.ext.asyncio.create_async_engine"] = "connections and compiled statements",
        ["asyncpg.create_pool"] = "connections",
        ["aiomysql.create_pool"] = "connections",
        ["psycopg2.pool.SimpleConnectionPool"] = "connections",
        ["psycopg2.pool.ThreadedConnectionPool"] = "connections",
        ["boto3.client"] = "connections and a parsed description of the service (tens of milliseconds of work)",
        ["boto3.resource"] = "connections and a parsed description of the service (tens of milliseconds of work)",
        ["openai.OpenAI"] = "connections and a TLS context",
        ["openai.AsyncOpenAI"] = "connections and a TLS context",
        ["anthropic.Anthropic"] = "connections and a TLS context",
        ["anthropic.AsyncAnthropic"] = "connections and a TLS context",
        ["elasticsearch.Elasticsearch"] = "connections",
        ["elasticsearch.AsyncElasticsearch"] = "connections",
        ["grpc.insecure_channel"] = "a connection and its threads",
        ["grpc.secure_channel"] = "a connection and its threads",
        ["grpc.aio.insecure_channel"] = "a connection",
        ["kafka.KafkaProducer"] = "connections and a thread",
        ["concurrent.futures.ThreadPoolExecutor"] = "threads",
        ["concurrent.futures.ProcessPoolExecutor"] = "processes",
        ["concurrent.futures.thread.ThreadPoolExecutor"] = "threads",
        ["multiprocessing.Pool"] = "processes",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public override RuleInfo Info { get; } = new(
        "client_per_request",
        "a client made for every request",
        RuleSeverity.Medium,
        """
        The client keeps a pool of connections (or threads), so that the next request need not open one. Made anew for every request, it opens and throws away all of them each time: a
        handshake more per request, sockets in TIME_WAIT, and a leak wherever it is not closed on every path. Make one when the application starts (in its lifespan, or at module level),
        and close it when it ends.
        """,
        """
        import httpx

        @app.get("/rate/{currency}")
        async def rate(currency: str):
            async with httpx.AsyncClient() as client:
                return (await client.get("https://rates.example/" + currency)).json()
        """,
        """
        from contextlib import asynccontextmanager

        import httpx
        from fastapi import Request

        @asynccontextmanager
        async def lifespan(app):
            async with httpx.AsyncClient() as client:
                yield {"client": client}

        app = FastAPI(lifespan=lifespan)

        @app.get("/rate/{currency}")
        async def rate(currency: str, request: Request):
            return (await request.state.client.get("https://rates.example/" + currency)).json()
        """)
    {
        IsLatency = true,
    };

    public override void Check(Module module, RuleContext context)
    {
        foreach (var site in context.Calls.In(module))
        {
            if (site.Callee is not { } callee || !Clients.TryGetValue(callee, out var holds) || site.By is not { } by || context.Reach.Of(by) != Frequency.Repeated)
                continue;
            if (IsKept(site, by, context) || IsGivenItsConnections(site) || !BlockingCall.RunsInPlace(site, by))
                continue;
            var direct = context.Reach.Entries.ContainsKey(by);
            if (!direct && (by.Decorators.Any() || by.Name == "__init__"))
                continue;
            var name = callee[(callee.LastIndexOf('.') is var dot && callee.StartsWith("redis.", StringComparison.Ordinal) | callee.StartsWith("boto3.", StringComparison.Ordinal) ? 0 : dot + 1)..];
            context.Report(context.Case(
                site.Call, $"{name}() makes and throws away {holds} {context.When(by)}", $"one {name} for the application, made in its lifespan", direct ? Confidence.High : Confidence.Medium, by));
        }
    }

    /// <summary>Put where the next request finds it: a global, an attribute, an entry of a container; or made only where there is none yet.</summary>
    private static bool IsKept(CallSite site, Function by, RuleContext context)
    {
        if (by.Decorators.Any(decorator => context.Resolver.NameOf(decorator.Kind == NodeKind.Call ? decorator.Child(Field.Function) : decorator) is { } name
            && name.Contains("cache", StringComparison.Ordinal)))
            return true;
        for (var node = site.Call; node.Exists && node.Index > by.Definition.Index; node = node.Parent)
        {
            switch (node.Parent.Kind)
            {
                case NodeKind.Assignment when IsLasting(node.Parent.Child(Field.Left), by, context):
                case NodeKind.KeywordArgument:
                case NodeKind.Dictionary or NodeKind.Pair or NodeKind.List:
                    return true;
                case NodeKind.ArgumentList when node.Parent.Parent is { Kind: NodeKind.Call } outer && !IsEntered(outer):
                    // Handed to somebody who may keep it.
                    return true;
                case NodeKind.IfStatement when node.Field == Field.Consequence && AsksWhetherItIsThere(node.Parent.Child(Field.Condition)):
                    return true;
            }
        }

        return false;
    }

    private static bool IsLasting(Node target, Function by, RuleContext context) => target.Kind switch
    {
        NodeKind.Attribute or NodeKind.Subscript => true,
        NodeKind.Identifier => Resolver.BindingOf(target) is not { } binding || binding.Scope.Kind != ScopeKind.Function || IsHandedOn(binding, by),
        _ => false,
    };

    /// <summary>The local is given to an attribute, a container or a function that may keep it, or returned by what is no entry.</summary>
    private static bool IsHandedOn(Binding binding, Function by)
    {
        foreach (var node in by.Body.Subtree)
        {
            if (node.Kind != NodeKind.Identifier || node.Name != binding.Name)
                continue;
            var around = node.Parent;
            if (around.Kind is NodeKind.ArgumentList or NodeKind.KeywordArgument or NodeKind.Pair or NodeKind.List or NodeKind.Tuple
                || around.Kind == NodeKind.Assignment && node.Field == Field.Right)
                return true;
        }

        return false;
    }

    /// <summary>stack.enter_async_context(client) and closing(client) end it with the request.</summary>
    private static bool IsEntered(Node call) => new CallSite(call, null, null).Method is "enter_async_context" or "enter_context" or "closing" or "aclosing";

    private static bool AsksWhetherItIsThere(Node condition)
    {
        foreach (var node in condition.Subtree)
        {
            if (node.Kind is NodeKind.NoneLiteral or NodeKind.NotOperator || node.Kind == NodeKind.ComparisonOperator && node.Text.Contains(" in ", StringComparison.Ordinal))
                return true;
        }

        return false;
    }

    /// <summary>In-process transports and shared connectors need no new connection.</summary>
    private static bool IsGivenItsConnections(CallSite site) =>
        site.HasSpread || site.Keyword("transport"u8).Exists || site.Keyword("app"u8).Exists || site.Keyword("connector"u8).Exists || site.Keyword("connection_pool"u8).Exists
        || site.Keyword("http_client"u8).Exists || site.Keyword("poolclass"u8).Exists;
}
