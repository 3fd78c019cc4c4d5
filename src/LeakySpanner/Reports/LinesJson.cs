using LeakySpanner.Reports.Profiles.Saved;
using LeakySpanner.Sessions.Lines;

namespace LeakySpanner.Reports;

/// <summary>Schema leakyspanner.lines/1.</summary>
internal sealed record LinesJson(
    string Schema, string File, string Profile, DateTimeOffset Written, IReadOnlyList<LinesProcessJson> Processes, long LiveBytes, long PeakBytes, IReadOnlyList<LineJson> Lines,
    IReadOnlyList<string> Notes)
{
    /// <summary>Lines that hold nothing are left out.</summary>
    public static LinesJson Of(SavedRun run, string profile, AnnotatedFile file) => new(
        "leakyspanner.lines/1", file.File, profile, run.Written, [.. run.Processes.Select(process => new LinesProcessJson(process.Pid, process.Command, process.Runtime))],
        file.Live, file.Peak,
        [
            .. file.Lines.Where(line => line.HoldsAnything).Select(line => new LineJson(
                line.Line, line.Source, line.Live.Own, line.Live.WithCalls, line.Peak.Own, line.Peak.WithCalls, Math.Round(line.Share, 4))),
        ],
        file.Notes);
}

internal sealed record LinesProcessJson(int Pid, string Command, string Runtime);

internal sealed record LineJson(int Line, string? Source, long LiveBytes, long LiveBytesWithCalls, long PeakBytes, long PeakBytesWithCalls, double Share);
