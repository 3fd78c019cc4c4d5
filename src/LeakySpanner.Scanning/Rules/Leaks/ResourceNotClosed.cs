using LeakySpanner.Scanning.Projects;
using LeakySpanner.Scanning.Symbols;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Rules.Leaks;

/// <summary>Connections, clients, files and the like that a call opens and does not close on every path.</summary>
public sealed class ResourceNotClosed : Rule
{
    public override RuleInfo Info { get; } = new(
        "resource_not_closed",
        "opened and not closed on every path",
        RuleSeverity.High,
        """
        A connection, session, client, socket, file, pool or child process is opened whenever a function runs, and there is a way out of the function on which nobody closes
        it. A server keeps a connection for each; pools run dry; descriptors run out; clients keep buffers and TLS state. A with statement closes on every path, exceptions
        included. CPython closes plain files when the last reference goes, so that they are the mildest case.
        """,
        """
        import psycopg2

        @app.get("/users")
        def users():
            connection = psycopg2.connect("dbname=shop")
            cursor = connection.cursor()
            cursor.execute("SELECT name FROM users")
            return cursor.fetchall()
        """,
        """
        from contextlib import closing

        import psycopg2

        @app.get("/users")
        def users():
            with closing(psycopg2.connect("dbname=shop")) as connection:
                cursor = connection.cursor()
                cursor.execute("SELECT name FROM users")
                return cursor.fetchall()
        """);

    public override void Check(Module module, RuleContext context)
    {
        foreach (var site in context.Calls.In(module))
        {
            if (site.By is not { } by || context.Reach.Of(by) == Frequency.Once || Openers.Of(site, context.Resolver) is not { } opened)
                continue;
            var fate = Fate.Of(site, context.Resolver);
            if (fate is Fate.Kind.Closed or Fate.Kind.HandedOn)
                continue;
            var repeated = context.Reach.Of(by) == Frequency.Repeated;
            var severity = fate == Fate.Kind.Anonymous && opened.Severity == RuleSeverity.Low ? RuleSeverity.Low : opened.Severity;
            var confidence = opened.Severity == RuleSeverity.Low
                ? repeated && fate != Fate.Kind.Anonymous ? Confidence.Medium : Confidence.Low
                : repeated ? Confidence.High : opened.Severity == RuleSeverity.High ? Confidence.Medium : Confidence.Low;
            var how = fate == Fate.Kind.ClosedSometimes ? "there is a way out of the function before it is closed" : "nobody closes it";
            context.Report(context.Case(
                site.Call,
                $"{by.Name}() opens a {opened.What} {context.When(by)}, and {how}",
                Fix(site, opened, by),
                confidence,
                by) with
            {
                Severity = severity,
            });
        }
    }

    private static string Fix(CallSite site, Opened opened, Function by)
    {
        var call = site.Call.Child(Field.Function).Text;
        return opened.What switch
        {
            "HTTP client" when by.IsAsync && call.Contains("ClientSession", StringComparison.Ordinal) || call.Contains("AsyncClient", StringComparison.Ordinal) => $"async with {call}(...) as client:  # or one client for the whole application",
            "HTTP client" => $"with {call}(...) as client:  # or one client for the whole application",
            "database connection" when !by.IsAsync => $"with contextlib.closing({call}(...)) as connection:",
            "child process" => $"with {call}(...) as process:",
            _ => $"{(by.IsAsync && site.IsAwaited ? "async with" : "with")} {call}(...) as {(opened.What == "file" ? "file" : "opened")}:",
        };
    }
}
