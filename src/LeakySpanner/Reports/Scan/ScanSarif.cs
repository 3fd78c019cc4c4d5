using System.Text.Encodings.Web;
using System.Text.Json;
using LeakySpanner.Scanning;
using LeakySpanner.Scanning.Baselines;
using LeakySpanner.Scanning.Rules;
using LeakySpanner.Scanning.Sources;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Reports.Scan;

/// <summary>A scan in the exchange format of static analysers (SARIF 2.1.0, https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html).</summary>
public static class ScanSarif
{
    private static readonly SarifContext Context = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    public static string Of(ScanResult result)
    {
        var rules = RuleSet.All.Select(rule => rule.Info).ToList();
        var numbers = rules.Select((rule, i) => (rule.Id, i)).ToDictionary(rule => rule.Id, rule => rule.i, StringComparer.Ordinal);
        var fingerprints = Fingerprints.Of(result.Findings);
        var driver = new SarifDriver("LeakySpanner", typeof(ScanSarif).Assembly.GetName().Version!.ToString(3), [.. rules.Select(Of)]);
        var run = new SarifRun(
            new SarifTool(driver),
            [new SarifInvocation(true, [.. result.SkippedFiles.Select(file => new SarifNotification(new SarifText($"not scanned: {file.Why}"), "warning", [Of(file.Path)]))])],
            "utf16CodeUnits",
            [.. result.Findings.Select((finding, i) => Of(finding, numbers[finding.Rule.Id], fingerprints[i]))]);
        return JsonSerializer.Serialize(new SarifLog("https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", [run]), Context.SarifLog);
    }

    private static SarifRule Of(RuleInfo rule) => new(
        rule.Id,
        new SarifText(rule.Title),
        new SarifText(rule.Explanation.ReplaceLineEndings(" ")),
        new SarifHelp(
            $"{rule.Explanation.ReplaceLineEndings(" ")}\n\nWrong:\n\n{rule.Wrong}\n\nRight:\n\n{rule.Right}\n",
            $"{rule.Explanation.ReplaceLineEndings(" ")}\n\n**Wrong**\n\n```python\n{rule.Wrong}\n```\n\n**Right**\n\n```python\n{rule.Right}\n```\n"),
        new SarifConfiguration(LevelOf(rule.Severity)),
        new SarifRuleProperties([rule.IsLatency ? "latency" : "memory-leak", "python"]));

    private static SarifResult Of(Finding finding, int number, string fingerprint) => new(
        finding.Rule.Id,
        number,
        LevelOf(finding.Severity),
        new SarifText($"{finding.Message}. Fix: {finding.Fix}"),
        [Of(finding.File, finding.At)],
        [.. finding.Related.Select((related, i) => Of(related.File, related.At) with { Id = i, Message = new SarifText(related.Why) })],
        new SarifFingerprints(fingerprint),
        new SarifResultProperties(Plain.Of(finding.Confidence), finding.Subject, finding.Route),
        finding.Edits.Count == 0 ? null : [new SarifFix(new SarifText(finding.Fix), [new SarifArtifactChange(
            new SarifArtifact(UriOf(finding.File.Path)),
            [.. finding.Edits.Select(edit => new SarifReplacement(RegionOf(finding.File, edit.Start, edit.End), new SarifContent(edit.Text)))])])]);

    private static SarifLocation Of(SourceFile file, Node at) => new(new SarifPhysicalLocation(new SarifArtifact(UriOf(file.Path)), RegionOf(file, at.Start, at.End)));

    private static SarifLocation Of(string path) => new(new SarifPhysicalLocation(new SarifArtifact(UriOf(path)), null));

    private static SarifRegion RegionOf(SourceFile file, int start, int end)
    {
        var (line, column) = file.PositionOf(start);
        var (endLine, endColumn) = file.PositionOf(end);
        return new SarifRegion(line, column, endLine, endColumn);
    }

    /// <summary>Relative paths stay relative: who reads it knows where the sources are.</summary>
    private static string UriOf(string path)
    {
        var escaped = string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
        return path.StartsWith('/') ? "file://" + escaped : escaped;
    }

    private static string LevelOf(RuleSeverity severity) => severity switch
    {
        RuleSeverity.High => "error",
        RuleSeverity.Medium => "warning",
        _ => "note",
    };
}
