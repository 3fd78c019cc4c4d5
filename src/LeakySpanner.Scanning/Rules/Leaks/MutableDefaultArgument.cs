using LeakySpanner.Scanning.Projects.Storages;

namespace LeakySpanner.Scanning.Rules.Leaks;

/// <summary>A default argument that calls fill.</summary>
public sealed class MutableDefaultArgument : GrowthRule
{
    public override RuleInfo Info { get; } = new(
        "mutable_default_argument",
        "default argument that grows",
        RuleSeverity.High,
        """
        A default argument is made once, when the function is defined, and every call that does not give the argument shares it. A list or dict that the function fills
        therefore keeps what all calls have put into it, for as long as the process lives, and answers of one request show up in another.
        """,
        """
        def collect(row, rows=[]):
            rows.append(row)
            return rows

        @app.post("/rows")
        def add(row: str):
            return collect(row)
        """,
        """
        def collect(row, rows=None):
            rows = [] if rows is None else rows
            rows.append(row)
            return rows

        @app.post("/rows")
        def add(row: str):
            return collect(row)
        """);

    protected override bool IsMine(Growth growth) =>
        growth.Storage.Kind == StorageKind.DefaultArgument && growth.Storage.Outer is null && growth.Kind is not (ContainerKind.Unknown or ContainerKind.Bounded);

    protected override Finding Describe(Growth growth, RuleContext context)
    {
        var empty = growth.Kind switch { ContainerKind.Mapping => "{}", ContainerKind.Set => "set()", _ => "[]" };
        return context.Case(
            growth.Fill.At,
            $"{growth.Name} is made once, when {growth.Fill.By!.Name}() is defined; every call that does not give it fills the same one",
            $"{growth.Name}=None, and in the body: {growth.Name} = {empty} if {growth.Name} is None else {growth.Name}",
            context.Reach.Of(growth.Fill.By) == Projects.Frequency.Repeated ? Confidence.High : Confidence.Medium,
            growth.Fill.By);
    }
}
