using LeakySpanner.Model.Findings;

namespace LeakySpanner.Sessions;

/// <summary>What a reader must know about how the watching went.</summary>
internal static class WatchNotes
{
    public static IEnumerable<string> Of(MemoryWatch watch, TimeSpan asked, bool interrupted)
    {
        var watched = $"{Watched(watch).TotalSeconds:0.#} s of {asked.TotalSeconds:0.#} s";
        if (watch.TargetEnded)
            yield return $"the watching ended after {watched}; this is what was known until then";
        else if (interrupted)
            yield return $"interrupted after {watched}; this is what was known until then";
        if (watch.WasStopped)
            yield return "the process is stopped (SIGSTOP or a debugger): its memory can be read, its growth cannot be judged; continue it with `kill -CONT` and try again";
        else if (watch.StoppedShare > 0)
            yield return $"the process was stopped for about {watch.StoppedShare * 100:0} % of the time (SIGSTOP or a debugger): its growth per minute is that of a process that stood still meanwhile";
        else if (watch.WasUninterruptible)
            yield return "the process waits in the kernel (state D, as for a disk or network file system): its growth cannot be judged while it does";
    }

    /// <summary>Null where the process outlived the watching.</summary>
    public static ProcessEnd? EndOf(MemoryWatch watch, AttachedProcess process, TimeProvider clock)
    {
        if (watch.Samples.Count == 0 || (!watch.TargetEnded && process.Target.IsUnchanged))
            return null;
        var after = watch.EndSeen ?? Watched(watch);
        return process.Fate.Tell(watch.EndedAt ?? clock.GetLocalNow(), after, watch.Samples[^1]);
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
