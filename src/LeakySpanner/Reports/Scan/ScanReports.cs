using LeakySpanner.Commands;
using LeakySpanner.Scanning;

namespace LeakySpanner.Reports.Scan;

/// <summary>The forms in which a scan can be told, by the names of --format.</summary>
internal static class ScanReports
{
    public static string[] Names { get; } = ["pretty", "text", "concise", "json", "sarif", "github", "junit"];

    public static void Write(string format, ScanResult result, Terminal terminal)
    {
        switch (format)
        {
            case "json":
                terminal.Output.WriteLine(ScanJson.Of(result));
                break;
            case "sarif":
                terminal.Output.WriteLine(ScanSarif.Of(result));
                break;
            case "text" or "concise":
                ScanConcise.Write(terminal.Output, result);
                break;
            case "github":
                ScanGitHub.Write(terminal.Output, result);
                break;
            case "junit":
                ScanJUnit.Write(terminal.Output, result);
                break;
            default:
                ScanText.Write(terminal.Report(), result);
                break;
        }
    }
}
