using LeakySpanner.Analysis.Trend;
using LeakySpanner.Model.Usage;
using LeakySpanner.Target;

namespace LeakySpanner.Sessions;

/// <summary>Watches the kernel's numbers only: the cheapest answer to "is there a leak?".</summary>
public sealed class DetectSession(AttachedProcess process, TimeProvider clock)
{
    /// <param name="duration">How long.</param>
    /// <param name="interval">How often <paramref name="seen"/> is called; memory is sampled more often than that.</param>
    /// <param name="seen">Gets the first sample and the present one.</param>
    /// <param name="stop">Ends it early.</param>
    /// <exception cref="TargetException">The process ended before anything was seen.</exception>
    public async Task<SessionResult<Detection>> RunAsync(
        TimeSpan duration, TimeSpan interval, Action<MemorySample, MemorySample>? seen, CancellationToken stop)
    {
        var watch = new MemoryWatch(process.Target, clock, clock.GetTimestamp(), duration);
        var next = TimeSpan.Zero;
        using var timeout = new CancellationTokenSource(duration, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stop, timeout.Token);
        await watch.RunAsync(
            sample =>
            {
                if (sample.At < next)
                    return;
                next += interval;
                seen?.Invoke(watch.Samples[0], sample);
            },
            both.Token,
            process.Fate.RememberChildren).ConfigureAwait(false);

        if (watch.Samples.Count == 0)
            throw new TargetException(TargetFailure.Gone, $"process {process.Target.Pid} ended before it was watched: start it again");
        var report = DetectReport.Of([.. watch.Samples], process.Limit);
        return new SessionResult<Detection>(
            new Detection(
                process.Facts(report.FinalRss),
                report with { Verdict = WatchNotes.Temper(watch, report.Verdict) },
                [.. WatchNotes.Of(watch, duration, stop.IsCancellationRequested)])
            {
                End = WatchNotes.EndOf(watch, process, clock),
            },
            watch.TargetEnded)
        {
            Watched = WatchNotes.Watched(watch),
        };
    }
}
