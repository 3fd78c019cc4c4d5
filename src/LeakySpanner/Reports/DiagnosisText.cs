using LeakySpanner.Model.Findings;

namespace LeakySpanner.Reports;

/// <summary>The answer as a person reads it.</summary>
public static class DiagnosisText
{
    private const int HeadingIndent = 6;

    public static void Write(ReportWriter writer, Diagnosis diagnosis)
    {
        WriteHeading(writer, diagnosis.Process, diagnosis.Verdict);
        if (diagnosis.End is { } end)
            writer.Line(HeadingIndent, HeadingIndent, new Piece("ENDED  ", InkOf(end)), EndText.Of(end));
        WriteSuspects(writer, diagnosis);
        WriteBalance(writer, diagnosis);
        WriteCoverage(writer, diagnosis);
        foreach (var note in diagnosis.Notes)
            writer.Line(0, 6, Piece.Faint("note: "), note);
    }

    public static void WriteHeading(ReportWriter writer, ProcessFacts process, Verdict verdict)
    {
        Piece[] growth = IsKnown(verdict) ? ["growth ", Piece.Strong(Phrase.Growth(verdict.GrowthPerMinute)), Interval(verdict)] : ["growth not known yet"];
        writer.Sides(0, [Word(verdict.Outcome), "  ", Piece.Strong(process.Name), $" ({Identity(process)})"], growth);
        if (verdict.Outcome == Outcome.Leak)
            writer.Sides(HeadingIndent, [Fate(process, verdict)], ["severity ", new Piece(SeverityName(verdict.Severity), Ink.Bad)]);
        if (verdict.Reason.Length > 0)
            writer.Line(HeadingIndent, HeadingIndent, Piece.Faint(verdict.Reason));
        WritePlace(writer, HeadingIndent, process);
    }

    /// <summary>Nothing for a process that simply runs on this machine.</summary>
    public static void WritePlace(ReportWriter writer, int indent, ProcessFacts process)
    {
        if (PlaceText.Of(process) is { } place)
            writer.Line(indent, indent, Piece.Faint(place));
    }

    public static string SeverityName(Severity severity) => severity.ToString().ToUpperInvariant();

    public static string Identity(ProcessFacts process) =>
        $"pid {process.Pid}, {process.Runtime}" + (process.Server is { } server ? $", {server}" : "");

    /// <summary>Nothing where the interval has no end: too little was seen.</summary>
    public static Piece Interval(Verdict verdict) => IsKnown(verdict) ? $"  ({Phrase.Interval(verdict.Low, verdict.High)})" : "";

    /// <summary>A growth without a finite interval is no measurement.</summary>
    public static bool IsKnown(Verdict verdict) => double.IsFinite(verdict.Low) && double.IsFinite(verdict.High);

    internal static Ink InkOf(ProcessEnd end) => end.Kind is EndKind.OutOfMemory or EndKind.Signalled ? Ink.Bad : Ink.Warn;

    private static Piece Word(Outcome outcome) => outcome switch
    {
        Outcome.Leak => new Piece("LEAK", Ink.Bad),
        Outcome.NoLeak => new Piece("NO\u00a0LEAK", Ink.Good),
        _ => new Piece("TOO\u00a0EARLY\u00a0TO\u00a0TELL", Ink.Warn),
    };

    private static Piece Fate(ProcessFacts process, Verdict verdict)
    {
        if (process.Limit is not { } limit)
            return "no memory limit is known";
        var source = process.LimitSource is { } name ? $" ({name})" : "";
        return verdict.TimeToLimit is { } time
            ? $"reaches its {limit} limit{source} in {Phrase.Duration(time)}"
            : $"its limit is {limit}{source}";
    }

    private static void WriteSuspects(ReportWriter writer, Diagnosis diagnosis)
    {
        if (diagnosis.Suspects.IsEmpty)
            return;
        if (diagnosis.Verdict.Outcome != Outcome.Leak)
        {
            writer.Blank();
            writer.Line(Piece.Faint("what grew meanwhile, though it is not called a leak:"));
        }

        for (var i = 0; i < diagnosis.Suspects.Length; i++)
        {
            writer.Blank();
            SuspectText.Write(writer, i + 1, diagnosis.Suspects[i]);
        }
    }

    private static void WriteBalance(ReportWriter writer, Diagnosis diagnosis)
    {
        if (diagnosis.Balance.IsDefaultOrEmpty)
            return;
        const string Label = "where the memory is:  ";
        var lines = diagnosis.Balance.Where(line => line.Bytes > 0).Select(line => $"{line.Label} {Phrase.Bytes(line.Bytes)}");
        writer.Blank();
        writer.Line(0, Label.Length, Piece.Faint(Label), CoverageText.Series(lines));
    }

    private static void WriteCoverage(ReportWriter writer, Diagnosis diagnosis)
    {
        const string Label = "what was seen:        ";
        writer.Line(
            0, Label.Length, Piece.Faint(Label),
            CoverageText.Of(diagnosis.Coverage, $"watched {Phrase.Duration(diagnosis.Verdict.Watched)}"));
    }
}
