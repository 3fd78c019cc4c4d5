using LeakySpanner.Scanning;
using LeakySpanner.Scanning.Rules;

namespace LeakySpanner.Reports.Scan;

/// <summary>
/// Workflow commands that GitHub Actions shows at the lines of a pull request
/// (https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands).
/// </summary>
public static class ScanGitHub
{
    public static void Write(TextWriter output, ScanResult result)
    {
        foreach (var finding in result.Findings)
        {
            var (line, column) = finding.Position;
            var (endLine, endColumn) = finding.File.PositionOf(finding.At.End);
            // Columns are shown only where all is on one line; the last one is meant to be inside.
            var columns = endLine == line ? $",col={column},endColumn={Math.Max(column, endColumn - 1)}" : "";
            output.WriteLine(
                $"::{CommandOf(finding.Severity)} file={Property(finding.File.Path)},line={line},endLine={endLine}{columns},title={Property($"leakyspanner ({finding.Rule.Id})")}"
                + $"::{Data($"{finding.Message}. Fix: {finding.Fix}")}");
        }
    }

    private static string CommandOf(RuleSeverity severity) => severity switch
    {
        RuleSeverity.High => "error",
        RuleSeverity.Medium => "warning",
        _ => "notice",
    };

    private static string Data(string text) => Plain.Of(text.ReplaceLineEndings("\n").Replace('\n', ' ')).Replace("%", "%25", StringComparison.Ordinal);

    private static string Property(string text) => Data(text).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);
}
