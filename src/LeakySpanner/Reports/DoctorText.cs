using System.Globalization;
using LeakySpanner.Doctor;

namespace LeakySpanner.Reports;

/// <summary>What `doctor` prints: a line per finding, and below it what to change.</summary>
public static class DoctorText
{
    private const int StateWidth = 9;
    private const int NameWidth = 17;
    private const char Glue = '\u00a0';

    public static void Write(ReportWriter writer, Examination examination)
    {
        writer.Line(Piece.Strong("here"));
        foreach (var finding in examination.Machine)
            Write(writer, finding);
        foreach (var process in examination.Processes)
        {
            writer.Blank();
            Write(writer, process);
        }

        writer.Blank();
        if (examination.Processes.IsEmpty)
            writer.Line(examination.Works ? "every process that is seen can be diagnosed, as far as this machine goes" : "not every process can be diagnosed from here");
        foreach (var process in examination.Processes)
        {
            writer.Line(process.Works
                ? new Piece(string.Create(CultureInfo.InvariantCulture, $"pid {process.Pid} can be diagnosed"), Ink.Good)
                : new Piece(string.Create(CultureInfo.InvariantCulture, $"pid {process.Pid} cannot be diagnosed: see what is broken"), Ink.Bad));
        }
    }

    private static void Write(ReportWriter writer, ProcessExamination process)
    {
        writer.Line(Piece.Strong(string.Create(CultureInfo.InvariantCulture, $"pid {process.Pid}")), process.Command.Length > 0 ? "  " + process.Command : "");
        if (PlaceText.Of(process.Pid, process.InnermostPid, process.Container) is { } place)
            writer.Line(2, 2, Piece.Faint(place));
        foreach (var finding in process.Findings)
            Write(writer, finding);
    }

    private static void Write(ReportWriter writer, Finding finding)
    {
        const int Hang = 2 + StateWidth + NameWidth;
        var (word, ink) = finding.State switch
        {
            FindingState.Works => ("ok", Ink.Good),
            FindingState.Note => ("note", Ink.Faint),
            FindingState.Limited => ("limited", Ink.Warn),
            _ => ("BROKEN", Ink.Bad),
        };
        writer.Line(2, Hang, [new Piece(word.PadRight(StateWidth, Glue), ink), new Piece(finding.Name.PadRight(NameWidth, Glue)), finding.Text]);
        foreach (var remedy in finding.Remedies)
        {
            // To be copied: the indentation of YAML counts, and nothing is wrapped.
            foreach (var line in remedy.Lines)
                writer.Line(Hang + 2, Hang + 2, line.Replace(' ', Glue));
        }
    }
}
