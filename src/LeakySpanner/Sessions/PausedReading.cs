using LeakySpanner.CPython.Runtime;
using LeakySpanner.Target;

namespace LeakySpanner.Sessions;

/// <summary>
/// Reads a process as it was at one moment. It is stopped while its memory is copied; where there is no room for a copy, for as long as the
/// reading takes. Adds up for how long it was.
/// </summary>
public sealed class PausedReading(AttachedProcess process)
{
    /// <summary>After this a paused process runs again, whether it has been read or not.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    public TimeSpan Paused { get; private set; }

    /// <summary>True where a pause ended before it was due: what was read after it may be torn.</summary>
    public bool HasLapsed { get; private set; }

    /// <summary>True where there was no room for a copy, so that the pause was longer than it could have been.</summary>
    public bool WasInPlace { get; private set; }

    /// <summary>What a reader must know of the pauses.</summary>
    public IEnumerable<string> Notes
    {
        get
        {
            if (HasLapsed)
                yield return $"a pause ended after {LongestPause.TotalSeconds:0} s, before everything was read: what was read after that may be torn";
            if (WasInPlace)
                yield return "there was no room in memory for a copy of the process, so that it was paused for as long as reading it took";
        }
    }

    /// <param name="read">Given the process to read.</param>
    /// <param name="cancellation">Ends it early; the process runs again at once.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="TargetException">The process is gone, or it may not be paused.</exception>
    public T Read<T>(Func<PythonProcess, T> read, CancellationToken cancellation)
    {
        using var copy = TargetCopy.TryMake(process.Target, LongestPause, cancellation);
        if (copy is not null)
        {
            Paused += copy.Paused;
            HasLapsed |= copy.HasLapsed;
            return read(PythonProcess.Attach(copy));
        }

        WasInPlace = true;
        var pause = process.Target.Pause(LongestPause);
        try
        {
            return read(process.Python);
        }
        finally
        {
            pause.Dispose();
            Paused += pause.Elapsed;
            HasLapsed |= pause.HasLapsed;
        }
    }
}
