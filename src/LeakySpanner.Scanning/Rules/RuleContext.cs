using LeakySpanner.Scanning.Projects;
using LeakySpanner.Scanning.Symbols;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Rules;

/// <summary>What a rule may ask, and where it tells.</summary>
public sealed class RuleContext(ProjectFacts facts, RuleInfo rule, List<Finding> findings)
{
    public ProjectFacts Facts => facts;

    public Project Project => facts.Project;

    public Resolver Resolver => facts.Project.Resolver;

    public CallTable Calls => facts.Calls;

    public Reach Reach => facts.Reach;

    /// <summary>Tells of one case; it may be refined with `with`.</summary>
    public void Report(Finding finding) => findings.Add(finding);

    /// <summary>One case in words of this rule.</summary>
    public Finding Case(Node at, string message, string fix, Confidence confidence, Function? by = null) => new(
        rule, Resolver.ModuleOf(at).File, at, message, fix, rule.Severity, confidence)
    {
        Route = by is null ? null : Reach.EntryOf(by)?.Label,
    };

    /// <summary>"for every GET /query/{q}", or "whenever search() runs" where no route is known.</summary>
    public string When(Function by) => Reach.EntryOf(by) is { } entry
        ? entry.Kind is EntryKind.Route or EntryKind.WebSocket ? "for every " + entry.Label : "for " + entry.Label
        : $"whenever {by.Name}() runs";
}
