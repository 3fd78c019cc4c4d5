using LeakySpanner.Scanning.Rules.Leaks;

namespace LeakySpanner.Scanning.Rules;

/// <summary>Every rule there is, in the order in which they are listed.</summary>
public static class RuleSet
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new UnboundedCache(),
    ];

    public static Rule? Find(string id) => All.FirstOrDefault(rule => rule.Info.Id == id);
}
