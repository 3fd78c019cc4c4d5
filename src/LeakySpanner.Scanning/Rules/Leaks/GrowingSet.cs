using LeakySpanner.Scanning.Projects.Storages;

namespace LeakySpanner.Scanning.Rules.Leaks;

/// <summary>A set that keeps every value it has ever seen.</summary>
public sealed class GrowingSet : GrowthRule
{
    public override RuleInfo Info { get; } = new(
        "growing_set",
        "set that only grows",
        RuleSeverity.High,
        """
        A set that lives as long as the process keeps every value that it has ever been given: identifiers already seen, addresses, tokens. New ones keep coming, and nothing
        ever takes one out. A cache with a lifetime remembers as long as it is useful, and no longer.
        """,
        """
        seen = set()

        @app.post("/events/{identifier}")
        def receive(identifier: str):
            if identifier in seen:
                return "again"
            seen.add(identifier)
        """,
        """
        from cachetools import TTLCache

        seen = TTLCache(maxsize=100_000, ttl=3600)

        @app.post("/events/{identifier}")
        def receive(identifier: str):
            if identifier in seen:
                return "again"
            seen[identifier] = True
        """);

    protected override bool IsMine(Growth growth) => growth.Kind == ContainerKind.Set && growth.Storage.Kind != StorageKind.DefaultArgument;

    protected override Finding Describe(Growth growth, RuleContext context) => context.Case(
        growth.Fill.At,
        $"{growth.Name} keeps every value that it is given {context.When(growth.Fill.By!)}",
        $"{growth.Name} = cachetools.TTLCache(maxsize=100000, ttl=3600)  # values as keys",
        ConfidenceOf(growth),
        growth.Fill.By);
}
