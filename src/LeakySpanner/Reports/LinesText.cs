using System.Globalization;
using LeakySpanner.Reports.Profiles;
using LeakySpanner.Reports.Profiles.Saved;
using LeakySpanner.Sessions.Lines;

namespace LeakySpanner.Reports;

/// <summary>A source file with bytes beside its lines.</summary>
internal static class LinesText
{
    /// <summary>Lines without memory that are shown before and after one with it.</summary>
    private const int Around = 3;

    /// <param name="whole">Every line, not only those around memory.</param>
    public static void Write(ReportWriter writer, SavedRun run, string profile, AnnotatedFile file, bool whole)
    {
        writer.Line(Piece.Strong(FrameText.Plain(file.File)), $"   from {FrameText.Plain(profile)}, written {run.Written.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC");
        foreach (var process in run.Processes)
            writer.Line(2, 6, $"{FrameText.Plain(process.Command)} (pid {process.Pid}, {FrameText.Plain(process.Runtime)})");
        writer.Line(2, 6, $"{Phrase.Bytes(file.Live)} alive at the end, {Phrase.Bytes(file.Peak)} at the peak, in all of the program");
        writer.Blank();

        var shown = file.Lines.Where(line => whole || file.Lines.Any(other => other.HoldsAnything && Math.Abs(other.Line - line.Line) <= Around)).ToArray();
        var rows = new List<string[]>();
        for (var i = 0; i < shown.Length; i++)
        {
            if (i > 0 && shown[i].Line > shown[i - 1].Line + 1)
                rows.Add(["", "", "", "", "", ""]);
            rows.Add(Row(shown[i]));
        }

        TableText.Write(writer, 0, ["alive", "with calls", "at the peak", "share", "line", ""], rows);
        foreach (var note in file.Notes)
        {
            writer.Blank();
            writer.Line(Piece.Faint("note: "), FrameText.Plain(note));
        }
    }

    private static string[] Row(AnnotatedLine line) =>
    [
        Amount(line.Live.Own), Amount(line.Live.WithCalls), Amount(line.Peak.WithCalls), line.Live.WithCalls > 0 ? Phrase.Share(line.Share) : "",
        line.Line.ToString(CultureInfo.InvariantCulture), FrameText.Plain((line.Source ?? "").Replace("\t", "    ", StringComparison.Ordinal).TrimEnd()),
    ];

    private static string Amount(long bytes) => bytes > 0 ? Phrase.Bytes(bytes) : "";
}
