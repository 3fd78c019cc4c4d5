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
        var line = new List<(int Pid, SessionResult<T>? Result)>();
        var gone = default(TargetException);
        var begin = clock.GetTimestamp();
        var process = first;
        _taken.TryAdd(first.Target.Pid, true);
        try
        {
            while (true)
            {
                var start = clock.GetTimestamp();
                var result = default(SessionResult<T>?);
                try
                {
                    result = await watch(process, duration - clock.GetElapsedTime(begin)).ConfigureAwait(false);
                }
                catch (TargetException exception) when (exception.Failure == TargetFailure.Gone)
                {
                    gone ??= exception;
                }

                line.Add((process.Target.Pid, result));
                if (result is { TargetEnded: false } || place is null || stop.IsCancellationRequested)
                    break;
                var lastAlive = start + (long)((result?.Watched.TotalSeconds ?? 0) * clock.TimestampFrequency);
                if (await FindAsync(place, lastAlive, stop).ConfigureAwait(false) is not { } next)
                    break;
                if (process != first)
                    process.Dispose();
                process = next;
                if (duration - clock.GetElapsedTime(begin) >= duration * LeastShare)
                    continue;
                line.Add((process.Target.Pid, null));
                break;
            }
        }
        finally
        {
            if (process != first)
                process.Dispose();
        }

        var longest = line.Where(one => one.Result is not null).Select(one => one.Result!.Value).OrderByDescending(result => result.Watched).ToList();
        if (longest.Count == 0)
            throw gone!;
        return line.Count == 1
            ? longest[0]
            : longest[0] with { Value = tell(longest[0].Value, Notes(line)), TargetEnded = line[^1].Result is { TargetEnded: true } };
    }

    private static IEnumerable<string> Notes<T>(List<(int Pid, SessionResult<T>? Result)> line)
    {
        for (var i = 1; i < line.Count; i++)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"pid {line[i - 1].Pid} ended after {line[i - 1].Result?.Watched.TotalSeconds ?? 0:0} s, and pid {line[i].Pid} took its place, {Watched(line[i].Result)}");
        }

        yield return "this answer is about the one that was watched longest";
    }

    private static string Watched<T>(SessionResult<T>? result) => result is { } seen
        ? string.Create(CultureInfo.InvariantCulture, $"watched for {seen.Watched.TotalSeconds:0} s")
        : "not watched: it ended at once, or there was too little time left";

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
