using LeakySpanner.Scanning.Projects;
using LeakySpanner.Scanning.Symbols;

namespace LeakySpanner.Scanning.Rules.Leaks;

/// <summary>functools.cache and lru_cache(maxsize=None) on functions of requests.</summary>
public sealed class UnboundedMemoization : Rule
{
    public override RuleInfo Info { get; } = new(
        "unbounded_memoization",
        "memoization without a bound",
        RuleSeverity.High,
        """
        functools.cache, and lru_cache with maxsize=None, keep the result of every combination of arguments that ever occurred, and the arguments too. Where arguments come
        from requests there is always a new one. lru_cache with a size drops what was used longest ago. It is no problem where the arguments are few and fixed.
        """,
        """
        from functools import cache

        @cache
        def price_of(article: str, day: str):
            return load_price(article, day)

        @app.get("/price/{article}")
        def price(article: str, day: str):
            return price_of(article, day)
        """,
        """
        from functools import lru_cache

        @lru_cache(maxsize=1024)
        def price_of(article: str, day: str):
            return load_price(article, day)

        @app.get("/price/{article}")
        def price(article: str, day: str):
            return price_of(article, day)
        """);

    public override void Check(Module module, RuleContext context)
    {
        foreach (var function in module.Functions)
        {
            if (function.Parameters.Count == 0 || function.Owner is not null && function.Parameters is ["self" or "cls"])
                continue;
            foreach (var decorator in function.Decorators)
            {
                if (!Memo.IsUnbounded(decorator, context.Resolver) || AreLimited(function, context))
                    continue;
                context.Report(context.Case(
                    decorator,
                    $"results of {function.Name}() are kept for every combination of arguments that ever occurs, and none is ever dropped",
                    "@functools.lru_cache(maxsize=1024)",
                    context.Reach.Of(function) == Frequency.Repeated ? Confidence.High : Confidence.Low,
                    function) with
                {
                    Subject = function.QualifiedName,
                });
            }
        }
    }

    private static bool AreLimited(Function function, RuleContext context)
    {
        foreach (var name in function.Parameters)
        {
            if (name is "self" or "cls")
                continue;
            if (function.Scope.Own(name) is not { } parameter || !context.Facts.Keys.IsLimited(parameter))
                return false;
        }

        return true;
    }
}
