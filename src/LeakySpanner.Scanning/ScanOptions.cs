using LeakySpanner.Scanning.Rules;

namespace LeakySpanner.Scanning;

/// <summary>What is asked for.</summary>
public sealed record ScanOptions
{
    /// <summary>Only these rules; empty: all.</summary>
    public IReadOnlyCollection<string> Select { get; init; } = [];

    /// <summary>Not these.</summary>
    public IReadOnlyCollection<string> Ignore { get; init; } = [];

    /// <summary>Milder findings are not told.</summary>
    public RuleSeverity MinSeverity { get; init; } = RuleSeverity.Low;

    /// <summary>Less sure findings are not told.</summary>
    public Confidence MinConfidence { get; init; } = Confidence.Medium;

    /// <summary>How many files at once.</summary>
    public int Jobs { get; init; } = Environment.ProcessorCount;

    public bool Wants(RuleInfo rule) => (Select.Count == 0 || Select.Contains(rule.Id)) && !Ignore.Contains(rule.Id);
}
