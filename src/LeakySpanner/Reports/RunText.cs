using LeakySpanner.Model.Usage;
using LeakySpanner.Reports.Profiles;
using LeakySpanner.Sessions.Sampling;

namespace LeakySpanner.Reports;

/// <summary>What `run` says when the command has ended.</summary>
internal static class RunText
{
    public static void Write(ReportWriter writer, RunSession session, IReadOnlyList<string> files, int rows)
    {
        foreach (var process in session.Processes.Where(process => process.Counts.Samples > 0 && process.Refusal is null))
            Write(writer, process, session.HasEnded, rows);
        if (files.Count == 0)
            writer.Line("leakyspanner: no sample was taken: the command ran no CPython 3.8 to 3.15 (default build), or allocated next to nothing");
        foreach (var trouble in session.Troubles)
            writer.Line($"leakyspanner: {trouble}");
        if (session.Unfollowed > 0)
            writer.Line($"leakyspanner: {Phrase.Plural(session.Unfollowed, "more process")} not followed");
        foreach (var file in files)
            writer.Line($"leakyspanner: wrote {FrameText.Plain(file)}");
    }

    private static void Write(ReportWriter writer, SampledProcess process, bool ended, int rows)
    {
        var (peak, live) = (process.Peak, process.Live);
        writer.Line($"{FrameText.Plain(process.Command)} (pid {process.Pid}): {Phrase.Bytes((long)peak.Bytes)} at the peak, {Phrase.Bytes((long)live.Bytes)} {(ended ? "at the end" : "now")},"
            + $" estimated from {Phrase.Plural(peak.Samples, "sample")} at the peak");
        foreach (var (place, bytes, error) in ByLine(peak).Take(rows))
            writer.Line($"  {Phrase.Bytes((long)bytes),10}  {Phrase.Share(peak.Bytes > 0 ? bytes / peak.Bytes : 0),6}  {Uncertainty(error, bytes),5}  {place}");
        if (process.Growth is { } growth && ByLine(growth.Profile).FirstOrDefault() is { Bytes: > 0 } most)
        {
            writer.Line($"  {Phrase.Bytes((long)growth.Profile.Bytes)} have come since {Phrase.Duration(growth.Since)} after the start, {Phrase.Bytes((long)most.Bytes)} of it from"
                + $" {most.Place}");
        }

        foreach (var note in Notes(process))
            writer.Line($"  {note}");
    }

    /// <summary>What to know of a process's numbers.</summary>
    public static IEnumerable<string> Notes(SampledProcess process)
    {
        var counts = process.Counts;
        if (process.HasGaps)
            yield return "samples came faster than they were read: the peak may have been higher";
        if (counts.SlotsFull > 0)
            yield return $"{Phrase.Plural(counts.SlotsFull, "sample")} found no room: the numbers are too small; a larger --sample-every helps";
        if (counts.StacksFull > 0)
            yield return $"{Phrase.Plural(counts.StacksFull, "sample")} without a stack: there were too many different ones";
    }

    /// <summary>Standard error, where it is worth a word.</summary>
    private static string Uncertainty(double error, double bytes) => error >= bytes / 100 && bytes > 0 ? "±" + Phrase.Share(error / bytes) : "";

    /// <summary>By the innermost line of Python code.</summary>
    private static IEnumerable<(string Place, double Bytes, double Error)> ByLine(AllocationProfile profile) => profile.Stacks
        .GroupBy(stack => stack.Frames.LastOrDefault(frame => !frame.IsNative))
        .Select(group => (group.Key.File is null or "" ? FrameText.NoPython : FrameText.Of(group.Key), group.Sum(stack => stack.Bytes), Math.Sqrt(group.Sum(stack => stack.Variance))))
        .OrderByDescending(line => line.Item2);
}
