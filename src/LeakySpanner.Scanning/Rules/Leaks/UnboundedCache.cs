using LeakySpanner.Scanning.Projects.Storages;

namespace LeakySpanner.Scanning.Rules.Leaks;

/// <summary>A mapping that gets an entry for every new key and never loses one.</summary>
public sealed class UnboundedCache : GrowthRule
{
    public override RuleInfo Info { get; } = new(
        "unbounded_cache",
        "cache without a bound",
        RuleSeverity.High,
        """
        A dict that lives as long as the process gets an entry for every new key, and nothing ever removes one. Keys come from requests, so there is always another one:
        memory grows with traffic until the process is killed. It is no problem where the program itself limits the keys (a constant, an enumeration, a checked number).
        """,
        """
        results = {}

        @app.get("/query/{q}")
        def search(q: str):
            if q not in results:
                results[q] = expensive_search(q)
            return results[q]
        """,
        """
        from cachetools import TTLCache

        results = TTLCache(maxsize=1000, ttl=3600)

        @app.get("/query/{q}")
        def search(q: str):
            result = results.get(q)
            if result is None:
                result = results[q] = expensive_search(q)
            return result
        """);

    protected override bool IsMine(Growth growth) => growth.Kind == ContainerKind.Mapping && growth.Storage.Kind != StorageKind.DefaultArgument;

    protected override Finding Describe(Growth growth, RuleContext context) => context.Case(
        growth.Fill.At,
        $"{growth.Name} gets an entry {context.When(growth.Fill.By!)}, and nothing ever removes one",
        $"{growth.Name} = cachetools.TTLCache(maxsize=1000, ttl=3600)",
        ConfidenceOf(growth),
        growth.Fill.By);
}
