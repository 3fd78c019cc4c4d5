using System.Diagnostics;
using LeakySpanner.Sidecar.Diagnoses;

namespace LeakySpanner.Sidecar;

/// <summary>Starts the real sidecar and lets go of it, so that it is nobody's child.</summary>
internal static class Detachment
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(20);

    /// <param name="folder">Where its socket will be.</param>
    /// <param name="arguments">Of the command line, without --detach.</param>
    /// <param name="clock">The time.</param>
    /// <param name="stop">Gives up waiting.</param>
    /// <returns>Null once it answers, or why it does not.</returns>
    public static async Task<string?> StartAsync(ServiceFolder folder, IEnumerable<string> arguments, TimeProvider clock, CancellationToken stop)
    {
        var start = OwnExecutable.Start(arguments);
        SmallHeap.AddTo(start.Environment);

        // The application's folder may be on a file system that somebody wants to unmount.
        start.WorkingDirectory = "/";
        using var process = Process.Start(start);
        if (process is null)
            return "the sidecar did not start";
        var begin = clock.GetTimestamp();
        while (clock.GetElapsedTime(begin) < Longest)
        {
            if (folder.IsAnswering())
                return null;
            if (process.HasExited)
                return folder.IsAnswering() ? null : $"the sidecar ended at once with exit code {process.ExitCode}";
            await Task.Delay(BetweenLooks, clock, stop).ConfigureAwait(false);
        }

        return $"the sidecar (pid {process.Id}) does not answer after {Longest.TotalSeconds:0} s";
    }
}
