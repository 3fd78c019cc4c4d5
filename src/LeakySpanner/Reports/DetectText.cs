using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Usage;
using LeakySpanner.Sessions;

namespace LeakySpanner.Reports;

/// <summary>What `detect` prints: a line per interval while it watches, then the result.</summary>
public static class DetectText
{
    private const int LabelWidth = 14;

    public static void WriteStart(ReportWriter writer, ProcessFacts process, TimeSpan duration, TimeSpan interval)
    {
        writer.Line(
            "watching ", Piece.Strong(process.Name), $" ({DiagnosisText.Identity(process)})",
            $" for {Phrase.Duration(duration)}, a line every {Phrase.Duration(interval)}");
        DiagnosisText.WritePlace(writer, 0, process);
    }

    public static void WriteSample(ReportWriter writer, MemorySample first, MemorySample sample) =>
        writer.Line(
            $"{Phrase.Duration(sample.At),9}".Replace(' ', '\u00a0'),
            $"   RSS {Megabytes(sample.Rss.Bytes),9}   {Change(sample.Rss.Bytes - first.Rss.Bytes),10}".Replace(' ', '\u00a0'));

    public static void WriteResult(ReportWriter writer, Detection detection)
    {
        var report = detection.Report;
        var verdict = report.Verdict;
        writer.Field(0, LabelWidth, "Initial RSS", Megabytes(report.InitialRss.Bytes));
        writer.Field(0, LabelWidth, "Final RSS", Megabytes(report.FinalRss.Bytes), $"   ({Change(report.Growth.Bytes)})");
        writer.Field(0, LabelWidth, "Growth rate", DiagnosisText.IsKnown(verdict) ? Phrase.Growth(verdict.GrowthPerMinute) : "not known yet", DiagnosisText.Interval(verdict));
        writer.Field(0, LabelWidth, "Monotonic", $"{Phrase.Share(report.MonotonicShare)} of all movement is growth");
        if (verdict.TimeToLimit is { } time && detection.Process.Limit is { } limit)
            writer.Field(0, LabelWidth, "Limit", $"{limit}, reached in {Phrase.Duration(time)}");
        writer.Field(0, LabelWidth, "Severity", report.SeverityName);
        writer.Field(0, LabelWidth, "Verdict", new Piece(report.Headline.Replace(' ', '\u00a0'), InkOf(verdict.Outcome)));
        if (verdict.Reason.Length > 0)
            writer.Field(0, LabelWidth, "", Piece.Faint(verdict.Reason));
        if (detection.End is { } end)
            writer.Field(0, LabelWidth, "Ended", new Piece(EndText.Of(end), DiagnosisText.InkOf(end)));
        foreach (var note in detection.Notes)
            writer.Line(0, 6, Piece.Faint("note: "), note);
    }

    private static Ink InkOf(Outcome outcome) => outcome switch
    {
        Outcome.Leak => Ink.Bad,
        Outcome.NoLeak => Ink.Good,
        _ => Ink.Warn,
    };

    /// <summary>Always in MB with one decimal, so that lines can be compared at a glance.</summary>
    private static string Megabytes(long bytes) =>
        (bytes / (double)Model.ByteSize.MB).ToString("0.0", System.Globalization.CultureInfo.InvariantCulture) + " MB";

    private static string Change(long bytes) => (bytes < 0 ? "" : "+") + Megabytes(bytes);
}
