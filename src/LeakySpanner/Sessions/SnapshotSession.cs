using LeakySpanner.Model;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Sessions;

/// <summary>One snapshot of one process.</summary>
public sealed class SnapshotSession(AttachedProcess process, TimeProvider clock)
{
    /// <param name="pause">Whether the process is stopped meanwhile.</param>
    /// <param name="stop">Ends it early, without a result.</param>
    /// <returns>The snapshot, its coverage with the pause in it, and how long it took.</returns>
    /// <exception cref="Target.TargetException">The process is gone, or it may not be paused.</exception>
    public async Task<(HeapSnapshot Snapshot, Coverage Coverage, TimeSpan Took)> TakeAsync(bool pause, CancellationToken stop)
    {
        var begin = clock.GetTimestamp();
        var taker = new SnapshotTaker(process, pause);
        var snapshot = await Task.Run(() => taker.Take(TimeSpan.Zero, program: true, stop), stop).ConfigureAwait(false);
        return (snapshot, snapshot.Graph.Coverage with { PausedMilliseconds = taker.Paused.TotalMilliseconds }, clock.GetElapsedTime(begin));
    }
}
