using LeakySpanner.Scanning.Projects;
using LeakySpanner.Scanning.Symbols;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Rules.Latency;

/// <summary>A route that puts a whole table or a whole file into memory to send it.</summary>
public sealed class WholeResultReturned : Rule
{
    private const int ManyRows = 100_000;

    private static readonly string[] Narrowing =
    [
        "limit", "where", "filter", "filter_by", "paginate", "slice", "offset", "fetch", "having", "select_from", "group_by", "distinct", "exists", "get", "first", "one", "count",
    ];

    public override RuleInfo Info { get; } = new(
        "whole_result_returned",
        "a whole table or file in one response",
        RuleSeverity.Medium,
        """
        The route asks for every row of a table, or reads a whole file, and only then begins to answer. Memory is needed for rows, for the objects made of them and for the text sent,
        all at once and once per request in flight; the process keeps what its largest response needed. Ask for a page (limit and a key to go on from), or send rows as
        they come with StreamingResponse, and files with FileResponse. It is no problem for tables that stay small.
        """,
        """
        import sqlite3
        db = sqlite3.connect("shop.db", check_same_thread=False)

        @app.get("/orders")
        def orders():
            return db.execute("SELECT id, total FROM orders").fetchall()
        """,
        """
        import sqlite3
        db = sqlite3.connect("shop.db", check_same_thread=False)

        @app.get("/orders")
        def orders(after: int = 0):
            return db.execute("SELECT id, total FROM orders WHERE id > ? ORDER BY id LIMIT 100", (after,)).fetchall()
        """)
    {
        IsLatency = true,
    };

    public override void Check(Module module, RuleContext context)
    {
        foreach (var site in context.Calls.In(module))
        {
            if (site.By is not { } by || !IsRoute(by, context))
                continue;
            if (site.Method is "fetchall" or "all" or "to_list" && TableOf(site, context) is { } table)
            {
                context.Report(context.Case(
                    site.Call, $"every row of {table} is in memory at once {context.When(by)}", "a page of it (.limit(100), and the last key to go on from), or StreamingResponse over the rows",
                    Confidence.Medium, by));
            }
            else if (IsWholeFile(site, context))
            {
                context.Report(context.Case(
                    site.Call, $"the whole file is in memory {context.When(by)}", "return FileResponse(path)", Confidence.Medium, by));
            }
        }

        foreach (var function in module.Functions)
        {
            if (!IsRoute(function, context))
                continue;
            foreach (var returned in function.Returns)
            {
                if (returned.Bare is { Kind: NodeKind.ListComprehension } list && RowsOf(list, context) >= ManyRows)
                    context.Report(context.Case(list, $"the whole list is in memory {context.When(function)}", "StreamingResponse over a generator, or a page of it", Confidence.Medium, function));
            }
        }
    }

    private static bool IsRoute(Function function, RuleContext context) => context.Reach.Entries.TryGetValue(function, out var entry) && entry.Kind == EntryKind.Route;

    /// <summary>What is asked for without a condition or a limit, or null.</summary>
    private static string? TableOf(CallSite site, RuleContext context)
    {
        if (site.Method == "to_list" && !(site.Argument(0, "length"u8) is { Kind: NodeKind.NoneLiteral }))
            return null;
        // Down the chain: db.query(X).options(...).all(), db.execute("...").fetchall(), and names that stand for its first part.
        var at = site.Receiver.Bare;
        for (var steps = 0; steps < 12 && at.Exists; steps++)
        {
            if (at.Kind == NodeKind.Await)
            {
                at = at.FirstChild.Bare;
                continue;
            }

            if (at.Kind == NodeKind.Identifier)
            {
                if (Resolver.BindingOf(at) is not { Kind: BindingKind.Variable, Scope.Kind: ScopeKind.Function, Assignments: [{ Kind: AssignmentKind.Plain } only] })
                    return null;
                at = only.Value.Bare;
                continue;
            }

            if (at.Kind != NodeKind.Call)
                return null;
            var call = new CallSite(at, null, null);
            switch (call.Method)
            {
                case "query" when call.Argument(0) is { Kind: NodeKind.Identifier or NodeKind.Attribute } model:
                    return model.Text[(model.Text.LastIndexOf('.') + 1)..] is [var first, ..] && char.IsUpper(first) ? model.Text : null;
                case "find" when call.Arguments.Children.Count == 0 || call.Argument(0) is { Kind: NodeKind.Dictionary } filter && filter.Children.Count == 0:
                    return call.Receiver.Text;
                case "execute" or "scalars" or "exec" when call.Arguments.Children.Count > 0:
                    return Statement(call.Argument(0).Bare, context);
                case "scalars" or "mappings" or "options" or "order_by" or "sort" or "unique" or "join" or "outerjoin" or "tuples":
                    at = call.Receiver.Bare;
                    continue;
                default:
                    return null;
            }
        }

        return null;
    }

    /// <summary>The table of a SELECT without WHERE and LIMIT, as text or as an expression; null for others.</summary>
    private static string? Statement(Node statement, RuleContext context)
    {
        if (statement.Kind == NodeKind.Identifier && Resolver.BindingOf(statement) is { Kind: BindingKind.Variable, Assignments: [{ Kind: AssignmentKind.Plain } only] })
            statement = only.Value.Bare;
        if (statement.Kind == NodeKind.Call && new CallSite(statement, null, null) is var text && text.Method == "text")
            statement = text.Argument(0).Bare;
        if (statement.Kind == NodeKind.String)
        {
            var words = statement.Child(NodeKind.Interpolation).Exists ? [] : statement.Text.Trim('"', '\'').ToUpperInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            var from = Array.IndexOf(words, "FROM");
            return words is ["SELECT", ..] && from > 0 && from + 1 < words.Length && !words.Any(word => word is "WHERE" or "LIMIT" or "FETCH" or "HAVING" or "GROUP" or "UNION" or "TOP")
                && !words.Any(word => word.Contains("COUNT(", StringComparison.Ordinal) || word.Contains("SUM(", StringComparison.Ordinal) || word.Contains("MAX(", StringComparison.Ordinal)
                    || word.Contains("MIN(", StringComparison.Ordinal) || word.Contains("AVG(", StringComparison.Ordinal))
                ? words[from + 1].TrimEnd(';', ')').ToLowerInvariant() : null;
        }

        // select(X).order_by(...)
        for (var steps = 0; steps < 12 && statement.Kind == NodeKind.Call; steps++)
        {
            var call = new CallSite(statement, null, null);
            if (call.Method == "select" && call.Argument(0) is { Kind: NodeKind.Identifier } model)
            {
                return context.Resolver.NameOf(statement.Child(Field.Function)) is { } name && (name.StartsWith("sqlalchemy.", StringComparison.Ordinal) || name.StartsWith("sqlmodel.", StringComparison.Ordinal))
                    ? model.Text : null;
            }

            if (Narrowing.Contains(call.Method))
                return null;
            statement = call.Receiver.Bare;
        }

        return null;
    }

    /// <summary>Response(open(path).read()), return handle.read().</summary>
    private static bool IsWholeFile(CallSite site, RuleContext context)
    {
        if (site.Method is not ("read" or "read_text" or "read_bytes") || site.Arguments.Children.Count > 0)
            return false;
        var sent = site.Call.Parent.Kind == NodeKind.ReturnStatement
            || (site.Call.Parent.Kind == NodeKind.KeywordArgument ? site.Call.Parent.Parent : site.Call.Parent) is { Kind: NodeKind.ArgumentList } arguments
            && new CallSite(arguments.Parent, null, null).Method.EndsWith("Response", StringComparison.Ordinal) && !new CallSite(arguments.Parent, null, null).Method.StartsWith("Template", StringComparison.Ordinal);
        return sent && context.Resolver.TypeOf(site.Receiver)?.Name is "io.IOBase" or "pathlib.Path";
    }

    private static double RowsOf(Node comprehension, RuleContext context)
    {
        foreach (var clause in comprehension.Children)
        {
            if (clause.Kind == NodeKind.ForInClause && clause.Child(Field.Right) is { Kind: NodeKind.Call } call && context.Resolver.NameOf(call.Child(Field.Function)) == "builtins.range"
                && call.Child(Field.Arguments).Children.At(call.Child(Field.Arguments).Children.Count - 1) is { Kind: NodeKind.Integer } number
                && double.TryParse(number.Text.Replace("_", "", StringComparison.Ordinal), out var rows))
                return rows;
        }

        return 0;
    }
}
