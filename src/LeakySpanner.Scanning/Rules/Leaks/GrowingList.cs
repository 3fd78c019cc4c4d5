using LeakySpanner.Scanning.Projects.Storages;

namespace LeakySpanner.Scanning.Rules.Leaks;

/// <summary>A list or deque that every call appends to.</summary>
public sealed class GrowingList : GrowthRule
{
    public override RuleInfo Info { get; } = new(
        "growing_list",
        "list that only grows",
        RuleSeverity.High,
        """
        A list or a deque without a greatest length lives as long as the process, every call appends to it, and nothing ever takes an entry out. What is appended stays, with
        everything that it refers to. Where only the latest entries are read, a deque with maxlen drops the oldest by itself.
        """,
        """
        history = []

        @app.post("/events")
        def log_event(message: str):
            history.append(message)
        """,
        """
        from collections import deque

        history = deque(maxlen=10_000)

        @app.post("/events")
        def log_event(message: str):
            history.append(message)
        """);

    protected override bool IsMine(Growth growth) =>
        growth.Kind is ContainerKind.List or ContainerKind.Deque && growth.Storage.Kind != StorageKind.DefaultArgument;

    protected override Finding Describe(Growth growth, RuleContext context) => context.Case(
        growth.Fill.At,
        $"{growth.Name} becomes longer {context.When(growth.Fill.By!)}, and nothing ever takes an entry out",
        $"{(growth.Storage.Outer is null ? growth.Name + " = " : "")}collections.deque(maxlen=10000)",
        ConfidenceOf(growth),
        growth.Fill.By);
}
