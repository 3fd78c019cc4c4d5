using LeakySpanner.Scanning.Projects;
using LeakySpanner.Scanning.Symbols;

namespace LeakySpanner.Scanning.Rules.Latency;

/// <summary>A coroutine that holds the event loop while it waits.</summary>
public sealed class BlockingCallInAsync : BlockingRule
{
    public override RuleInfo Info { get; } = new(
        "blocking_call_in_async",
        "a coroutine that blocks the event loop",
        RuleSeverity.High,
        """
        One thread runs all coroutines of a process, and gets to the next one only at an await. A call that waits without await (requests, time.sleep, subprocess.run, a
        database driver without await, a lock of another thread) stops every request of the process for as long as it takes, health checks too; requests that arrive
        meanwhile wait in memory. It is no problem while the process starts. Functions that the coroutine calls are followed two calls deep.
        """,
        """
        import requests

        @app.get("/rate/{currency}")
        async def rate(currency: str):
            return requests.get("https://rates.example/" + currency, timeout=5).json()
        """,
        """
        import httpx

        client = httpx.AsyncClient(timeout=5)

        @app.get("/rate/{currency}")
        async def rate(currency: str):
            response = await client.get("https://rates.example/" + currency)
            return response.json()
        """)
    {
        IsLatency = true,
    };

    protected override string Consequence => "no other request is served meanwhile";

    protected override bool IsMine(Function function, RuleContext context) =>
        !context.Reach.Entries.TryGetValue(function, out var entry) || entry.Kind != EntryKind.Middleware;
}
