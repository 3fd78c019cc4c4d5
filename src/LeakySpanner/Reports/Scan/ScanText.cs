using System.Globalization;
using LeakySpanner.Scanning;
using LeakySpanner.Scanning.Rules;
using LeakySpanner.Scanning.Sources;

namespace LeakySpanner.Reports.Scan;

/// <summary>Findings for a person, each with the lines that it is about.</summary>
public static class ScanText
{
    private const int Indent = 3;

    /// <summary>A statement may go over many lines; more of it than this is not shown.</summary>
    private const int MostLines = 4;

    public static void Write(ReportWriter writer, ScanResult result)
    {
        foreach (var finding in result.Findings)
        {
            Write(writer, finding);
            writer.Blank();
        }

        WriteSummary(writer, result);
    }

    private static void Write(ReportWriter writer, Finding finding)
    {
        var severity = Plain.Of(finding.Severity).ToUpperInvariant();
        writer.Line(0, Indent, new Piece($"{severity} SEVERITY", InkOf(finding.Severity)), $" ({finding.Rule.Id}): ", Piece.Strong(Place(finding.File, finding.At.Start)));
        writer.Line(Indent, Indent, finding.Message + (finding.Confidence == Confidence.High ? "" : $" ({Plain.Of(finding.Confidence)} confidence)"));
        WriteFrame(writer, finding);
        foreach (var related in finding.Related)
            writer.Line(Indent, Indent + 3, Piece.Faint($"{related.Why}: {Place(related.File, related.At.Start)}"));
        writer.Line(Indent, Indent + 5, "Fix: ", new Piece(finding.Fix.Replace(' ', '\u00a0'), Ink.Good));
    }

    private static void WriteFrame(ReportWriter writer, Finding finding)
    {
        var file = finding.File;
        var (first, column) = finding.Position;
        var last = Math.Min(file.LineOf(Math.Max(finding.At.Start, finding.At.End - 1)), first + MostLines - 1);
        var width = last.ToString(CultureInfo.InvariantCulture).Length;
        for (var line = Math.Max(1, first - 1); line <= last; line++)
        {
            writer.Line(
                Indent, Indent, Piece.Faint(line.ToString(CultureInfo.InvariantCulture).PadLeft(width).Replace(' ', '\u00a0') + "\u00a0|\u00a0"), Kept(file.LineText(line), writer.Width));
            if (line == first)
            {
                var end = file.LineOf(finding.At.End) == first ? file.PositionOf(finding.At.End).Column : file.LineText(first).Length + 1;
                var marks = new string('\u00a0', Math.Max(0, column - 1)) + new string('^', Math.Max(1, end - column));
                writer.Line(Indent, Indent, Piece.Faint(new string('\u00a0', width) + "\u00a0|\u00a0"), new Piece(Cut(marks, writer.Width), InkOf(finding.Severity)));
            }
        }
    }

    /// <summary>As it stands in the file: not wrapped, and its indentation kept.</summary>
    private static string Kept(string line, int width) => Cut(line.Replace("\t", " ", StringComparison.Ordinal).Replace(' ', '\u00a0'), width);

    private static string Cut(string text, int width) => text.Length > width - 12 && width > 40 ? text[..(width - 12)] + "…" : text;

    private static string Place(SourceFile file, int offset) => $"{file.Path}:{file.LineOf(offset)}";

    private static Ink InkOf(RuleSeverity severity) => severity switch
    {
        RuleSeverity.High => Ink.Bad,
        RuleSeverity.Medium => Ink.Warn,
        _ => Ink.Strong,
    };

    private static void WriteSummary(ReportWriter writer, ScanResult result)
    {
        var scanned = $"{Count(result.Files, "file")} scanned, {Count(result.Lines, "line")}";
        writer.Line(
            0, 6,
            result.Findings.Count == 0 ? new Piece("Nothing found", Ink.Good) : new Piece(Count(result.Findings.Count, "finding"), Ink.Bad),
            $" ({scanned}{(result.Silenced > 0 ? $"; {result.Silenced} silenced by comments" : "")}{(result.Known > 0 ? $"; {result.Known} known to the baseline" : "")})");
        if (result.Mended > 0)
            writer.Line(0, 6, Piece.Faint("note: "), $"{Count(result.Mended, "finding")} of the baseline {(result.Mended == 1 ? "is" : "are")} mended: write it anew");
        if (result.BrokenFiles.Count > 0)
            writer.Line(0, 6, Piece.Faint("note: "), $"{Count(result.BrokenFiles.Count, "file")} could only be parsed in part: {string.Join(", ", result.BrokenFiles.Take(3))}");
        foreach (var (path, why) in result.SkippedFiles.Take(10))
            writer.Line(0, 6, Piece.Faint("note: "), $"{path} was not scanned: {why}");
    }

    private static string Count(long count, string thing) => $"{count.ToString("N0", CultureInfo.InvariantCulture)} {thing}{(count == 1 ? "" : "s")}";
}
