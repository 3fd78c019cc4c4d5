using LeakySpanner.CPython.Walk;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Sessions;

/// <summary>Takes snapshots, with the process paused or not, and adds up for how long it was.</summary>
internal sealed class SnapshotTaker(AttachedProcess process, bool pause)
{
    private readonly HeapWalker _walker = new(process.Python);
    private readonly PausedReading _pauses = new(process);

    public TimeSpan Paused => _pauses.Paused;

    /// <summary>What a reader must know of the pauses.</summary>
    public IEnumerable<string> Notes => _pauses.Notes;

    /// <param name="at">Since the start of the session.</param>
    /// <param name="program">Whether code and routes are read too.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="Target.TargetException">The process is gone, or it may not be paused.</exception>
    public HeapSnapshot Take(TimeSpan at, bool program, CancellationToken cancellation)
    {
        var walk = WalkOptions.Default with { Program = program };
        return pause
            ? _pauses.Read(python => new HeapWalker(python).Walk(walk, at, cancellation), cancellation)
            : _walker.Walk(walk, at, cancellation);
    }
}
