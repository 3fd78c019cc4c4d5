using LeakySpanner.Model;
using LeakySpanner.Model.Findings;
using LeakySpanner.Scanning.Logs.Facts;
using LeakySpanner.Sessions.Logs;

namespace LeakySpanner.Reports;

/// <summary>What `analyze-logs` prints: one page, the answer first.</summary>
internal static class LogsText
{
    private const int LabelWidth = 14;
    private const int MostSubjects = 5;

    public static void Write(ReportWriter writer, LogReport report, int rows)
    {
        WriteHeadline(writer, report);
        WriteKills(writer, report, rows);
        WriteMemory(writer, report);
        LogsTables.WriteEndpoints(writer, report, rows);
        LogsTables.WriteEvents(writer, report, rows);
        LogsTables.WriteAllocations(writer, report, rows);
        WriteRead(writer, report);
    }

    /// <summary>"2026-03-01 14:32:05 to 16:00:00 (88 min)".</summary>
    public static string Span(LogTime first, LogTime last)
    {
        if (!first.IsKnown)
            return "no line has a time";
        var (from, to) = (first.ToString(), last.ToString());
        var sameDay = from.Length == to.Length && from.LastIndexOf(' ') is > 0 and var space && from[..space] == to[..space];
        return $"{from} to {(sameDay ? to[(from.LastIndexOf(' ') + 1)..] : to)} ({Phrase.Duration(last - first)})";
    }

    private static void WriteHeadline(ReportWriter writer, LogReport report)
    {
        var facts = report.Facts;
        var worst = report.Subjects.FirstOrDefault();
        var (word, ink) = report switch
        {
            { Leaks: true } => ("LEAK", Ink.Bad),
            { Kills.IsEmpty: false } => ("KILLED", Ink.Bad),
            { HasFindings: true } => ("FINDINGS", Ink.Warn),
            { Subjects.IsEmpty: false } when worst!.Verdict.Outcome == Outcome.NoLeak => ("NO LEAK", Ink.Good),
            _ => ("NOTHING FOUND", Ink.Good),
        };
        writer.Sides(
            0,
            [new(word, ink), "  " + (facts.Files.Length == 1 ? facts.Files[0].Name : Phrase.Plural(facts.Files.Length, "file")), $"  {Phrase.Plural(facts.Files.Sum(file => file.Lines), "line")}, {Phrase.Bytes(facts.Files.Sum(file => file.Bytes))}"],
            report.Leaks ? [$"growth {Phrase.Growth(worst!.Verdict.GrowthPerMinute)}", DiagnosisText.Interval(worst.Verdict)] : [""]);
        writer.Line(6, 6, Piece.Faint(Span(facts.First, facts.Last)));
        if (report.Next is { } next)
        {
            writer.Line(6, 6, new Piece(next.In <= TimeSpan.Zero ? "next kill: due" : $"next kill: in {Phrase.Duration(next.In)}, about {next.At}", Ink.Warn), $" ({next.Basis})",
                report.Leaks ? $"   severity {worst!.Verdict.Severity.ToString().ToUpperInvariant()}" : "");
        }
    }

    private static void WriteKills(ReportWriter writer, LogReport report, int rows)
    {
        if (report.Kills.IsEmpty && report.Causes.IsEmpty)
            return;
        writer.Blank();
        if (!report.Kills.IsEmpty)
        {
            var sure = report.Kills.Count(kill => kill.Cause == KillCause.OutOfMemory);
            writer.Line(
                Piece.Strong(Phrase.Plural(report.Kills.Length, "kill")),
                sure == report.Kills.Length ? " for want of memory" : sure == 0 ? " by signal 9; nobody says why" : $", {sure} of them for want of memory",
                report.Gaps is { } gaps ? $", {Phrase.Duration(gaps.Median)} apart (half of them {Phrase.Duration(gaps.Low)} to {Phrase.Duration(gaps.High)})" : "");
            LogsTables.WriteFilled(writer, ["when", "memory", "limit", "who, and who tells"], [.. report.Kills.TakeLast(rows).Select(kill => new[]
            {
                kill.At.ToString(), kill.Bytes is { } bytes ? Phrase.Bytes(bytes) : "", kill.Limit is { } limit ? Phrase.Bytes(limit) : "",
                $"{kill.Who ?? "a process"}{(kill.Pids.IsEmpty ? "" : " pid " + string.Join(", ", kill.Pids.Take(4)))} ({string.Join(", ", kill.Sources)})",
            })]);
            if (report.Kills.Length > rows)
                writer.Line(3, 3, Piece.Faint($"and {report.Kills.Length - rows} before; --rows shows more"));
        }

        foreach (var cause in report.Causes)
            writer.Line(3, 5, "- ", cause);
    }

    private static void WriteMemory(ReportWriter writer, LogReport report)
    {
        if (report.Subjects.IsEmpty)
            return;
        writer.Blank();
        writer.Line(Piece.Strong("memory over time"));
        foreach (var subject in report.Subjects.Take(MostSubjects))
        {
            var verdict = subject.Verdict;
            var (word, ink) = verdict.Outcome switch
            {
                Outcome.Leak => ("LEAK", Ink.Bad),
                Outcome.NoLeak => ("no leak", Ink.Good),
                _ => ("too early to tell", Ink.Warn),
            };
            writer.Line(
                3, 6, Piece.Strong(subject.Name), $" ({subject.Source})   ", new Piece(word, ink),
                DiagnosisText.IsKnown(verdict) ? $"   {Phrase.Growth(verdict.GrowthPerMinute)}" : "", DiagnosisText.Interval(verdict),
                verdict.Outcome == Outcome.Leak ? $"   severity {verdict.Severity.ToString().ToUpperInvariant()}" : "");
            writer.Field(6, LabelWidth, "from, to", $"{new ByteSize(subject.First.Bytes)} to {new ByteSize(subject.Last.Bytes)}, at most {new ByteSize(subject.Peak.Bytes)} at {subject.Peak.At}"
                + (subject.Limit is { } limit ? $"; limit {new ByteSize(limit)}" : ""));
            if (subject.Lives > 1)
                writer.Field(6, LabelWidth, "lives", $"{subject.Lives} between restarts{Apart(subject)}, {subject.Judged} of them long enough to be judged");
            writer.Field(6, LabelWidth, "why", $"{verdict.Reason} ({Phrase.Plural(subject.Samples, "sample")})");
        }

        if (report.Subjects.Length > MostSubjects)
            writer.Line(3, 3, Piece.Faint($"and {report.Subjects.Length - MostSubjects} more, {report.Subjects.Skip(MostSubjects).Count(subject => subject.Verdict.Outcome == Outcome.Leak)} of which leak; --json has them all"));
    }

    private static string Apart(MemorySubject subject) => subject.Sawtooth is { } gaps
        ? $" {Phrase.Duration(gaps.Median)} apart{(gaps.AreRegular ? "" : $" (half of them {Phrase.Duration(gaps.Low)} to {Phrase.Duration(gaps.High)})")}"
        : "";

    private static void WriteRead(ReportWriter writer, LogReport report)
    {
        var facts = report.Facts;
        writer.Blank();
        var formats = facts.Formats.Select(format => $"{format.Format} {Phrase.Count(format.Lines)}").ToList();
        if (facts.OrdinaryLines > 0)
            formats.Add($"other messages {Phrase.Count(facts.OrdinaryLines)}");
        formats.Add($"not understood {Phrase.Count(facts.UnreadLines)}");
        writer.Field(0, LabelWidth, "lines read", string.Join(" · ", formats));
        foreach (var sample in facts.UnreadSamples)
            writer.Line(LabelWidth, LabelWidth + 2, Piece.Faint("? "), sample);
        foreach (var file in facts.Files.Where(file => file.Trouble is not null))
            writer.Line(0, 6, new Piece(file.Name, Ink.Warn), $": {file.Trouble}");
        foreach (var note in report.Notes)
            writer.Line(0, 6, Piece.Faint("note: "), note);
    }
}
