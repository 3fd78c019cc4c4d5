using LeakySpanner.CPython.Walk;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Sessions;

/// <summary>Takes snapshots, with the process paused or not, and adds up for how long it was.</summary>
internal sealed class SnapshotTaker(AttachedProcess process, bool pause)
{
    /// <summary>After this a paused process runs again, whether the walk is done or not.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly HeapWalker _walker = new(process.Python);

    public TimeSpan Paused { get; private set; }

    /// <summary>True where a pause ended before the walk did: what was read after it may be torn.</summary>
    public bool PauseLapsed { get; private set; }

    /// <param name="at">Since the start of the session.</param>
    /// <param name="program">Whether code and routes are read too.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="Target.TargetException">The process is gone, or it may not be paused.</exception>
    public HeapSnapshot Take(TimeSpan at, bool program, CancellationToken cancellation)
    {
        var walk = WalkOptions.Default with { Program = program };
        if (!pause)
            return _walker.Walk(walk, at, cancellation);
        var stopped = process.Target.Pause(LongestPause);
        try
        {
            return _walker.Walk(walk, at, cancellation);
        }
        finally
        {
            stopped.Dispose();
            Paused += stopped.Elapsed;
            PauseLapsed |= stopped.HasLapsed;
        }
    }
}
