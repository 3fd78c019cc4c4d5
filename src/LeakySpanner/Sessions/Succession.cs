using System.Collections.Concurrent;
using System.Globalization;
using LeakySpanner.Target;

namespace LeakySpanner.Sessions;

/// <summary>
/// Follows a place in a service instead of one process: servers replace a worker that has ended (gunicorn's --max-requests, a crash, a
/// restart by systemd) by a fresh one, and what is asked about is the service. One for all processes of a command, so that two that end
/// do not find the same successor.
/// </summary>
/// <param name="clock">The time.</param>
internal sealed class Succession(TimeProvider clock)
{
    /// <summary>For a successor to be there: gunicorn forks it at once, uvicorn within half a second, systemd after 100 ms.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    /// <summary>For one that is there to become a Python that can be read, on a machine under load.</summary>
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    /// <summary>The kernel counts starts in ticks of 10 ms.</summary>
    private static readonly TimeSpan StartTolerance = TimeSpan.FromMilliseconds(20);

    /// <summary>A successor that could be watched for a smaller part of the time is named only.</summary>
    private const double LeastShare = 0.25;

    private readonly ConcurrentDictionary<int, bool> _taken = new();

    /// <summary>Watches a process and, if it ends before the time is over, those that take its place one after the other.</summary>
    /// <param name="first">Attached to; stays the caller's.</param>
    /// <param name="duration">Of the whole watch.</param>
    /// <param name="watch">Watches one process for so long.</param>
    /// <param name="tell">Adds notes to an answer.</param>
    /// <param name="stop">Ends the watch.</param>
    /// <returns>The answer of the process that was watched longest; it has ended only if the last one has.</returns>
    /// <exception cref="TargetException">The first could not be watched.</exception>
    public async Task<SessionResult<T>> FollowAsync<T>(
        AttachedProcess first,
        TimeSpan duration,
        Func<AttachedProcess, TimeSpan, Task<SessionResult<T>>> watch,
        Func<T, IEnumerable<string>, T> tell,
        CancellationToken stop)
    {
        using var place = WorkerPlace.Of(first.Target);
        var begin = clock.GetTimestamp();
        _taken.TryAdd(first.Target.Pid, true);
        var (best, bestPid) = (await watch(first, duration).ConfigureAwait(false), first.Target.Pid);
        var (last, lastPid) = (best, bestPid);
        var lastAlive = begin;
        var notes = new List<string>();
        while (last.TargetEnded && place is not null && !stop.IsCancellationRequested)
        {
            lastAlive += (long)(last.Watched.TotalSeconds * clock.TimestampFrequency);
            using var next = await FindAsync(place, lastAlive, stop).ConfigureAwait(false);
            if (next is null)
                break;
            var rest = duration - clock.GetElapsedTime(begin);
            var succession = string.Create(CultureInfo.InvariantCulture, $"pid {lastPid} ended after {last.Watched.TotalSeconds:0} s, and pid {next.Target.Pid} took its place");
            if (rest < duration * LeastShare)
            {
                notes.Add(succession + ": there was too little time left to watch that");
                break;
            }

            (lastPid, lastAlive) = (next.Target.Pid, clock.GetTimestamp());
            try
            {
                last = await watch(next, rest).ConfigureAwait(false);
            }
            catch (TargetException)
            {
                notes.Add(succession + ", but ended before it was watched");
                break;
            }

            notes.Add(string.Create(CultureInfo.InvariantCulture, $"{succession}, watched for {last.Watched.TotalSeconds:0} s"));
            if (last.Watched > best.Watched)
                (best, bestPid) = (last, lastPid);
        }

        if (notes.Count == 0)
            return best;
        notes.Add(string.Create(CultureInfo.InvariantCulture, $"this answer is about pid {bestPid}, which was watched longest"));
        return new SessionResult<T>(tell(best.Value, notes), last.TargetEnded) { Watched = best.Watched };
    }

    private async Task<AttachedProcess?> FindAsync(WorkerPlace place, long lastAlive, CancellationToken stop)
    {
        var begin = clock.GetTimestamp();
        using var timer = new PeriodicTimer(Poll, clock);
        var bound = LongestWait;
        try
        {
            do
            {
                foreach (var pid in place.FindYounger(() => clock.GetElapsedTime(lastAlive) + StartTolerance).Where(pid => !_taken.ContainsKey(pid)))
                {
                    bound = LongestStart;
                    if (TryAttach(pid) is not { } process)
                        continue;
                    if (_taken.TryAdd(pid, true))
                        return process;
                    process.Dispose();
                }
            }
            while (clock.GetElapsedTime(begin) < bound && place.IsKept && await timer.WaitForNextTickAsync(stop).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // The user wants the answer now.
        }

        return null;
    }

    /// <summary>Null while it is no Python yet.</summary>
    private static AttachedProcess? TryAttach(int pid)
    {
        try
        {
            return AttachedProcess.Open(pid);
        }
        catch (TargetException)
        {
            return null;
        }
    }
}
