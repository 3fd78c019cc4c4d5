using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using LeakySpanner.Scanning;
using LeakySpanner.Scanning.Rules;

namespace LeakySpanner.Reports.Scan;

/// <summary>A scan as one JSON object (schema leakyspanner.scan/1). Lines and columns begin at 1; columns count characters.</summary>
public static class ScanJson
{
    private static readonly ScanJsonContext Context = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    public static string Of(ScanResult result) => JsonSerializer.Serialize(
        new ScanReport(
            "leakyspanner.scan/1",
            [.. result.Findings.Select(Of)],
            result.Files,
            result.Lines,
            result.Silenced,
            result.Known,
            result.BrokenFiles,
            [.. result.SkippedFiles.Select(file => new SkippedReport(file.Path, file.Why))]),
        Context.ScanReport);

    private static FindingReport Of(Finding finding)
    {
        var (line, column) = finding.Position;
        var (endLine, endColumn) = finding.File.PositionOf(finding.At.End);
        return new FindingReport(
            finding.Rule.Id, Plain.Of(finding.Severity), Plain.Of(finding.Confidence), finding.File.Path, line, column, endLine, endColumn, finding.Message, finding.Fix,
            finding.Subject, finding.Route,
            [.. finding.Related.Select(related => new RelatedReport(related.File.Path, related.File.LineOf(related.At.Start), related.Why))],
            finding.Edits.Count > 0);
    }
}

internal sealed record ScanReport(
    string Schema, IReadOnlyList<FindingReport> Findings, int Files, long Lines, int Silenced, int Known, IReadOnlyList<string> BrokenFiles, IReadOnlyList<SkippedReport> SkippedFiles);

internal sealed record FindingReport(
    string Rule, string Severity, string Confidence, string Path, int Line, int Column, int EndLine, int EndColumn, string Message, string Fix, string? Subject, string? Route,
    IReadOnlyList<RelatedReport> Related, bool Fixable);

internal sealed record RelatedReport(string Path, int Line, string Why);

internal sealed record SkippedReport(string Path, string Why);

[JsonSerializable(typeof(ScanReport))]
internal sealed partial class ScanJsonContext : JsonSerializerContext;
