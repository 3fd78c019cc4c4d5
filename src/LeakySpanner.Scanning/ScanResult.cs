using LeakySpanner.Scanning.Rules;

namespace LeakySpanner.Scanning;

/// <summary>What a scan found.</summary>
/// <param name="Findings">By path, line, column, rule.</param>
/// <param name="Files">How many were scanned.</param>
/// <param name="Lines">How many lines they have.</param>
/// <param name="BrokenFiles">Files of which a part could not be parsed; the rest was scanned.</param>
/// <param name="SkippedFiles">Files that were not scanned, each with why.</param>
/// <param name="Silenced">How many findings comments have silenced.</param>
public sealed record ScanResult(
    IReadOnlyList<Finding> Findings, int Files, long Lines, IReadOnlyList<string> BrokenFiles, IReadOnlyList<(string Path, string Why)> SkippedFiles, int Silenced)
{
    /// <summary>How many findings are not told because a baseline knows them.</summary>
    public int Known { get; init; }

    /// <summary>How many findings of the baseline are no longer there.</summary>
    public int Mended { get; init; }
}
