using LeakySpanner.Scanning.Projects;
using LeakySpanner.Scanning.Symbols;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Rules.Leaks;

/// <summary>Metric labels with values that never repeat.</summary>
public sealed class MetricLabelCardinality : Rule
{
    private static readonly string[] Telling =
        ["id", "path", "url", "uri", "user", "email", "ip", "host", "token", "session", "uuid", "query", "address", "name", "key", "agent", "message"];

    public override RuleInfo Info { get; } = new(
        "metric_label_cardinality",
        "metric label with endless values",
        RuleSeverity.High,
        """
        A Prometheus client keeps a child object, with all its buckets, for every combination of label values that was ever used, and sends them all at every scrape. A label made
        of a path, a user, an address or a message has as many values as there are requests. Use the route's template, or leave the label out.
        """,
        """
        from fastapi import Request
        from prometheus_client import Counter

        requests_total = Counter("requests_total", "requests", ["path"])

        @app.middleware("http")
        async def count(request: Request, call_next):
            requests_total.labels(request.url.path).inc()
            return await call_next(request)
        """,
        """
        from fastapi import Request
        from prometheus_client import Counter

        requests_total = Counter("requests_total", "requests", ["method"])

        @app.middleware("http")
        async def count(request: Request, call_next):
            requests_total.labels(request.method).inc()
            return await call_next(request)
        """);

    public override void Check(Module module, RuleContext context)
    {
        foreach (var site in context.Calls.In(module))
        {
            if (site.Method != "labels" || site.Callee?.StartsWith("prometheus_client.", StringComparison.Ordinal) != true || site.By is not { } by || context.Reach.Of(by) == Frequency.Once)
                continue;
            foreach (var argument in site.Arguments.Children)
            {
                var value = argument.Kind == NodeKind.KeywordArgument ? argument.Child(Field.Value) : argument;
                if (!IsEndless(value.Bare, by, context))
                    continue;
                context.Report(context.Case(
                    argument,
                    $"every new value of {value.Text} makes another time series, which is kept for ever",
                    "use the route's template (request.scope[\"route\"].path), or leave the label out",
                    context.Reach.Of(by) == Frequency.Repeated ? Confidence.High : Confidence.Medium,
                    by));
                break;
            }
        }
    }

    private static bool IsEndless(Node value, Function by, RuleContext context)
    {
        if (context.Facts.Keys.IsLimited(value, by))
            return false;
        switch (value.Kind)
        {
            case NodeKind.String:
                foreach (var part in value.Children)
                {
                    if (part.Kind == NodeKind.Interpolation && IsEndless(part.FirstChild.Bare, by, context))
                        return true;
                }

                return false;
            case NodeKind.Attribute:
                // request.scope["route"].path is a template.
                return !value.Text.Contains("route", StringComparison.Ordinal) && (IsTelling(value.Child(Field.Attribute).Text) || value.Text.EndsWith("client.host", StringComparison.Ordinal));
            case NodeKind.Call:
                return context.Resolver.NameOf(value.Child(Field.Function)) is "builtins.str" or "builtins.repr" && IsEndless(value.Child(Field.Arguments).FirstChild.Bare, by, context);
            case NodeKind.Identifier:
                if (Resolver.BindingOf(value) is { Kind: BindingKind.Variable, Assignments: [{ Kind: AssignmentKind.Plain } only] })
                    return IsEndless(only.Value.Bare, by, context);
                return IsCaught(value) || IsTelling(value.Text) || IsRouteParameter(value, by, context);
            default:
                return false;
        }
    }

    private static bool IsCaught(Node name) => name.Around(NodeKind.ExceptClause).Exists && name.Text is "e" or "error" or "exc" or "ex" or "err";

    private static bool IsRouteParameter(Node value, Function by, RuleContext context) =>
        context.Reach.Entries.TryGetValue(by, out var entry) && entry.Label.Contains("{" + value.Text, StringComparison.Ordinal);

    private static bool IsTelling(string name)
    {
        var words = name.ToLowerInvariant().Split('_');
        return Telling.Contains(words[^1]) && !(words is ["name"] or [.., "route", "name"] or [.., "handler", "name"] or [.., "job", "name"] or [.., "queue", "name"] or [.., "service", "name"] or ["host"]);
    }
}
