using LeakySpanner.Scanning;

namespace LeakySpanner.Reports.Scan;

/// <summary>One line per finding, as editors and other programs read it: path:line:column: rule severity message.</summary>
public static class ScanConcise
{
    public static void Write(TextWriter output, ScanResult result)
    {
        foreach (var finding in result.Findings)
        {
            var (line, column) = finding.Position;
            output.WriteLine($"{Plain.Of(finding.File.Path)}:{line}:{column}: {finding.Rule.Id} {Plain.Of(finding.Severity)} {Plain.Of(finding.Message)}");
        }
    }
}
