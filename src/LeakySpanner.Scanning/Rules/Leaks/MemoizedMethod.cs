using LeakySpanner.Scanning.Projects;
using LeakySpanner.Scanning.Symbols;

namespace LeakySpanner.Scanning.Rules.Leaks;

/// <summary>lru_cache on a method: the cache keeps self.</summary>
public sealed class MemoizedMethod : Rule
{
    public override RuleInfo Info { get; } = new(
        "memoized_method",
        "memoized method keeps its objects",
        RuleSeverity.Medium,
        """
        A method's arguments begin with self, so that lru_cache and cache on a method keep every object that the method was called on, with all that it refers to: up to
        maxsize of them, and without a size all. The cache is one for the whole class and lives as long as the process. functools.cached_property keeps the result in the
        object itself; a function outside the class can be memoized by what really matters.
        """,
        """
        from functools import lru_cache

        class Report:
            def __init__(self, rows):
                self.rows = rows

            @lru_cache(maxsize=None)
            def total(self):
                return sum(self.rows)

        @app.post("/reports")
        def report(rows: list[int]):
            return Report(rows).total()
        """,
        """
        from functools import cached_property

        class Report:
            def __init__(self, rows):
                self.rows = rows

            @cached_property
            def total(self):
                return sum(self.rows)

        @app.post("/reports")
        def report(rows: list[int]):
            return Report(rows).total
        """);

    public override void Check(Module module, RuleContext context)
    {
        foreach (var method in module.Functions)
        {
            if (method.Owner is not { } owner || method.Parameters is not ["self", ..])
                continue;
            foreach (var decorator in method.Decorators)
            {
                if (!Memo.IsOne(decorator, context.Resolver))
                    continue;
                var lifetime = LifetimeOf(owner, context);
                if (lifetime == Frequency.Once)
                    continue;
                context.Report(context.Case(
                    decorator,
                    $"the cache of {method.Name}() keeps every {owner.Name} that it was called on",
                    "@functools.cached_property, or memoize a function outside the class",
                    lifetime == Frequency.Repeated ? Confidence.High : Confidence.Low,
                    method) with
                {
                    Subject = method.QualifiedName,
                });
            }
        }
    }

    /// <summary>How often instances are made.</summary>
    private static Frequency LifetimeOf(Class owner, RuleContext context)
    {
        var sites = context.Calls.Of(owner.QualifiedName);
        if (sites.Any(site => context.Reach.Of(site.By) == Frequency.Repeated && !site.By!.Decorators.Any(decorator => Memo.IsOne(decorator, context.Resolver))))
            return Frequency.Repeated;
        return sites.Count > 0 && sites.All(site => context.Reach.Of(site.By) == Frequency.Once) ? Frequency.Once : Frequency.Unknown;
    }
}
