using LeakySpanner.Scanning.Projects;
using LeakySpanner.Scanning.Symbols;

namespace LeakySpanner.Scanning.Rules.Latency;

/// <summary>A call that does not return before something slow has happened.</summary>
/// <param name="Site">The call.</param>
/// <param name="Kind">What it waits for.</param>
/// <param name="Name">As a person knows it: "requests.get".</param>
public readonly record struct BlockingCall(CallSite Site, BlockingKind Kind, string Name)
{
    private const int LongestArguments = 60;

    /// <summary>"waits for another machine"</summary>
    public string Does => Kind switch
    {
        BlockingKind.Sleep => "sleeps",
        BlockingKind.Network => "waits for the network",
        BlockingKind.Database => "waits for the database",
        BlockingKind.Process => "waits for another process",
        BlockingKind.Thread => "waits for another thread",
        BlockingKind.Input => "waits for a person",
        BlockingKind.Files => "works through files",
        BlockingKind.File => "waits for a file",
        _ => "computes for long by intention",
    };

    /// <summary>What to write where this very call stands in a coroutine.</summary>
    public string Fix => Kind switch
    {
        BlockingKind.Sleep => $"await asyncio.sleep({Arguments})",
        BlockingKind.Process when Site.Method is not ("wait" or "communicate") => $"process = await asyncio.create_subprocess_exec(...), or await asyncio.to_thread({ToThread})",
        BlockingKind.Network when Name.StartsWith("requests.", StringComparison.Ordinal) || Name.StartsWith("httpx.", StringComparison.Ordinal) =>
            $"await client.{Site.Method}({Arguments}) with one httpx.AsyncClient for all requests",
        BlockingKind.Database when Name.StartsWith("sqlite3.", StringComparison.Ordinal) => "a driver with await (aiosqlite), or def instead of async def where the framework runs it in a thread",
        BlockingKind.Database => "a driver with await, or def instead of async def where the framework runs it in a thread",
        BlockingKind.File when Name.EndsWith("open", StringComparison.Ordinal) => "read it in a function of its own: await asyncio.to_thread(read, path)",
        _ => $"await asyncio.to_thread({ToThread})",
    };

    /// <summary>Certain enough to be told at default settings where nobody knows how often the code runs.</summary>
    public bool IsSlowForSure => Kind is not (BlockingKind.File or BlockingKind.Files);

    private string ToThread => Site.Call.Child(Syntax.Field.Function).Text + (Arguments.Length > 0 ? ", " + Arguments : "");

    private string Arguments
    {
        get
        {
            var text = Site.Arguments.Text.ReplaceLineEndings(" ");
            return text.Length is > LongestArguments or < 2 ? "..." : text[1..^1].Trim();
        }
    }

    /// <summary>True where the call runs when the function does, rather than when a lambda inside it is called by somebody.</summary>
    internal static bool RunsInPlace(CallSite site, Function by)
    {
        for (var node = site.Call.Parent; node.Exists && node.Index > by.Definition.Index; node = node.Parent)
        {
            if (node.Kind is Syntax.NodeKind.Lambda)
                return false;
        }

        return true;
    }
}
