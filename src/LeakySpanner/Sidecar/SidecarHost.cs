using LeakySpanner.Target;
using LeakySpanner.Target.Linux;
using LeakySpanner.Web;

namespace LeakySpanner.Sidecar;

/// <summary>The life of a sidecar process: one per service, from the lock on its folder to the summary.</summary>
internal sealed class SidecarHost(SidecarOptions options, TimeProvider clock)
{
    /// <summary>A service under full load keeps nine parts of ten of a processor that we compete for.</summary>
    private const int Niceness = 10;

    private static readonly TimeSpan BetweenCloserLooks = TimeSpan.FromSeconds(1);

    /// <summary>Returns once the service has ended, or it was stopped.</summary>
    /// <param name="stop">SIGTERM and the like.</param>
    /// <returns>False where another sidecar serves the folder.</returns>
    /// <exception cref="IOException">The socket cannot be made.</exception>
    public async Task<bool> RunAsync(CancellationToken stop)
    {
        var folder = new ServiceFolder(options.Folder);
        await using var mine = folder.TryLock();
        if (mine is null)
            return false;
        _ = ObserverPriority.GiveWay(Niceness);
        using var root = OpenRoot();
        using var session = new SidecarSession(options, SessionSources.Live(root, clock), clock);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await using var server = new SidecarServer(session, options, clock);
        await server.StartAsync(folder.Socket, stop).ConfigureAwait(false);
        session.Metrics = server.MetricsUri;
        foreach (var warning in server.Warnings)
            session.AddNote(warning);
        var closer = Task.Run(() => LookCloserAsync(session, over.Token), CancellationToken.None);
        await WatchAsync(session, stop).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        await closer.ConfigureAwait(false);
        await server.DisposeAsync().ConfigureAwait(false);
        session.Finish();
        folder.Remove();
        return true;
    }

    private async Task WatchAsync(SidecarSession session, CancellationToken stop)
    {
        try
        {
            while (!session.IsOver)
                await Task.Delay(session.Tick(), clock, stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Told to end: with a summary all the same.
        }
    }

    private async Task LookCloserAsync(SidecarSession session, CancellationToken over)
    {
        try
        {
            while (true)
            {
                session.LookCloser(over);
                await Task.Delay(BetweenCloserLooks, clock, over).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Over.
        }
    }

    private TargetProcess? OpenRoot()
    {
        try
        {
            return TargetProcess.Observe(options.RootPid);
        }
        catch (TargetException)
        {
            return null;
        }
    }
}
