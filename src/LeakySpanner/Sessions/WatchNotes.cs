using LeakySpanner.Model.Findings;

namespace LeakySpanner.Sessions;

/// <summary>What a reader must know about how the watching went.</summary>
internal static class WatchNotes
{
    public static IEnumerable<string> Of(MemoryWatch watch, TimeSpan asked, bool interrupted)
    {
        var watched = $"{Watched(watch).TotalSeconds:0.#} s of {asked.TotalSeconds:0.#} s";
        if (watch.TargetEnded)
            yield return $"the process ended after {watched}; this is what was known until then";
        else if (interrupted)
            yield return $"interrupted after {watched}; this is what was known until then";
        if (watch.WasStopped)
            yield return "the process is stopped (SIGSTOP or a debugger): its memory can be read, its growth cannot be judged; continue it with `kill -CONT` and try again";
        else if (watch.WasUninterruptible)
            yield return "the process waits in the kernel (state D, as for a disk or network file system): its growth cannot be judged while it does";
    }

    public static TimeSpan Watched(MemoryWatch watch) => watch.Samples.Count > 0 ? watch.Samples[^1].At : TimeSpan.Zero;

    /// <summary>Memory of a process that did not run is flat, which is no verdict.</summary>
    public static Verdict Temper(MemoryWatch watch, Verdict verdict) => watch.WasStopped || watch.WasUninterruptible
        ? verdict with
        {
            Outcome = Outcome.TooEarlyToTell,
            Severity = Severity.None,
            Confidence = 0,
            TimeToLimit = null,
            Reason = "the process did not run while it was watched, so that nothing can be said about its growth",
        }
        : verdict;
}
