using LeakySpanner.Analysis.Growth;
using LeakySpanner.CPython.Census;
using LeakySpanner.Target;

namespace LeakySpanner.Sessions;

/// <param name="Interval">From one census to the next.</param>
/// <param name="Rounds">Censuses after the first; null for as long as it runs.</param>
/// <param name="Duration">At most this long; null for as long as it runs.</param>
public sealed record TrackOptions(TimeSpan Interval, int? Rounds, TimeSpan? Duration);

/// <summary>A census every interval, each compared with the first and with the one before.</summary>
public sealed class TrackSession(AttachedProcess process, TimeProvider clock)
{
    /// <summary>Ends by itself when the rounds or the duration are over, when it is stopped, and when the process ends.</summary>
    /// <returns>The last round, or null where the process ended before there was one.</returns>
    public async Task<SessionResult<TrackRound?>> RunAsync(TrackOptions options, Action<TrackRound> seen, CancellationToken stop)
    {
        TrackRound? last = null;
        var begin = clock.GetTimestamp();
        using var timer = new PeriodicTimer(options.Interval, clock);
        try
        {
            var first = process.Target.ReadMemorySample(TimeSpan.Zero);
            var taker = new CensusTaker(process.Python);
            var growth = new CensusGrowth(taker.Take(TimeSpan.Zero, stop));
            for (var number = 1; number <= (options.Rounds ?? int.MaxValue); number++)
            {
                if (options.Duration is { } duration && clock.GetElapsedTime(begin) + options.Interval > duration + options.Interval / 2)
                    break;
                await timer.WaitForNextTickAsync(stop).ConfigureAwait(false);
                var at = clock.GetElapsedTime(begin);
                var (types, containers) = growth.Add(taker.Take(at, stop));
                var memory = process.Target.ReadMemorySample(at);
                last = new TrackRound(number, at, memory, memory.Rss - first.Rss, types, containers);
                seen(last);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // What was seen has been told.
        }
        catch (TargetException exception) when (exception.Failure is TargetFailure.Gone)
        {
            return new SessionResult<TrackRound?>(last, TargetEnded: true);
        }

        return new SessionResult<TrackRound?>(last, TargetEnded: false);
    }
}
