namespace LeakySpanner.Scanning.Rules;

/// <summary>What a rule says of itself.</summary>
/// <param name="Id">"unbounded_cache": stable, and the same as a diagnosis calls the pattern.</param>
/// <param name="Title">In a few words: "cache without a bound".</param>
/// <param name="Severity">How bad it is where it is true.</param>
/// <param name="Explanation">Two to six sentences: what happens in the process, and when it is no problem.</param>
/// <param name="Wrong">Python that has it.</param>
/// <param name="Right">The same, mended. It runs.</param>
public sealed record RuleInfo(string Id, string Title, RuleSeverity Severity, string Explanation, string Wrong, string Right)
{
    /// <summary>True for what costs time rather than memory.</summary>
    public bool IsLatency { get; init; }
}
