using LeakySpanner.Scanning.Projects;
using LeakySpanner.Scanning.Symbols;

namespace LeakySpanner.Scanning.Rules.Leaks;

/// <summary>gc.disable() and gc.freeze() that nothing takes back.</summary>
public sealed class CollectorOff : Rule
{
    public override RuleInfo Info { get; } = new(
        "collector_off",
        "cyclic collector switched off",
        RuleSeverity.High,
        """
        gc.disable() ends the collection of reference cycles for the whole process, and frameworks make cycles all the time (exceptions, closures, parents and children): they pile up
        for ever. gc.freeze() puts all objects of that moment out of the collector's reach: once, at the start, that is good practice; per request it keeps every request's garbage.
        Nothing in the project takes it back.
        """,
        """
        import gc

        gc.disable()
        """,
        """
        import gc

        gc.freeze()
        gc.set_threshold(50_000, 20, 20)
        """);

    public override void Check(Module module, RuleContext context)
    {
        foreach (var site in context.Calls.In(module))
        {
            if (site.Callee is not ("gc.disable" or "gc.freeze"))
                continue;
            var freezes = site.Callee == "gc.freeze";
            if (freezes && context.Reach.Of(site.By) != Frequency.Repeated || IsTakenBack(freezes ? ["gc.unfreeze"] : ["gc.enable", "gc.collect"], context))
                continue;
            context.Report(context.Case(
                site.Call,
                freezes ? $"everything alive is put out of the collector's reach {context.When(site.By!)}" : "reference cycles are never collected again",
                freezes ? "gc.freeze() once, when the application has started" : "gc.freeze() at the start, and gc.set_threshold(50_000, 20, 20) instead",
                Confidence.High,
                site.By));
        }
    }

    private static bool IsTakenBack(string[] names, RuleContext context) =>
        context.Project.Modules.Any(module => context.Calls.In(module).Any(site => site.Callee is { } callee && names.Contains(callee)
            // A collection at the start is part of the habit of switching it off.
            && (callee != "gc.collect" || context.Reach.Of(site.By) != Frequency.Once)));
}
