using LeakySpanner.Scanning.Sources;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Rules;

/// <summary>How bad it is where it is true.</summary>
public enum RuleSeverity : byte
{
    Low,
    Medium,
    High,
}

/// <summary>How sure it is that it is true.</summary>
public enum Confidence : byte
{
    Low,
    Medium,
    High,
}

/// <summary>A rule that applies somewhere.</summary>
/// <param name="Rule">Which.</param>
/// <param name="File">Where.</param>
/// <param name="At">What exactly: its text is underlined.</param>
/// <param name="Message">One sentence: what is wrong here, with the names that are used here.</param>
/// <param name="Fix">What to write instead; one line where possible.</param>
/// <param name="Severity">The rule's own, unless this case is a milder one.</param>
/// <param name="Confidence">How sure.</param>
public sealed record Finding(RuleInfo Rule, SourceFile File, Node At, string Message, string Fix, RuleSeverity Severity, Confidence Confidence)
{
    /// <summary>The canonical name of what leaks ("app.cache.results_cache"), or null. It joins a finding to what a diagnosis saw.</summary>
    public string? Subject { get; init; }

    /// <summary>For whom it runs: "GET /query/{q}", or null where that is not known.</summary>
    public string? Route { get; init; }

    /// <summary>Other places that belong to it, each with why.</summary>
    public IReadOnlyList<RelatedPlace> Related { get; init; } = [];

    /// <summary>Changes to the file that mend it for certain; empty where a person must decide.</summary>
    public IReadOnlyList<Edit> Edits { get; init; } = [];

    /// <summary>From 1, both.</summary>
    public (int Line, int Column) Position => File.PositionOf(At);
}

/// <param name="File">Where.</param>
/// <param name="At">What.</param>
/// <param name="Why">In a few words: "made here".</param>
public sealed record RelatedPlace(SourceFile File, Node At, string Why);

/// <summary>Bytes of a file and what to put in their place.</summary>
public sealed record Edit(int Start, int End, string Text);
