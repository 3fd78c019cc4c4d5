using System.ComponentModel;
using System.Diagnostics;
using LeakySpanner.Target.Linux;

namespace LeakySpanner.Target;

/// <summary>
/// A command that we started in order to watch it, and the only kind of process that we ever stop. Its output goes to our
/// standard error, because standard output is the report's; it runs in a session of its own, so that Ctrl-C ends the
/// watching first and the command after it.
/// </summary>
public sealed class StartedCommand : IAsyncDisposable
{
    private const int Terminate = 15;

    // exec keeps the process: what we watch is the command itself, not a shell around it.
    private const string Script = "exec 1>&2; if command -v setsid >/dev/null; then exec setsid \"$@\"; fi; exec \"$@\"";

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly Process _process;

    private StartedCommand(Process process) => _process = process;

    public int Pid => _process.Id;

    /// <summary>Null while it runs; 128 and more where a signal ended it, as a shell would say.</summary>
    public int? ExitCode => _process.HasExited ? _process.ExitCode : null;

    /// <exception cref="TargetException">There is no shell to start it with.</exception>
    public static StartedCommand Start(IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false };
        foreach (var argument in (string[])["-c", Script, "sh", .. command])
            start.ArgumentList.Add(argument);
        try
        {
            return new StartedCommand(Process.Start(start)!);
        }
        catch (Win32Exception)
        {
            throw new TargetException(TargetFailure.NotSupported, "cannot start a command without /bin/sh: start it yourself and use --pid");
        }
    }

    /// <summary>Asks it to end, and insists after a while.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _ = LibC.Kill(_process.Id, Terminate);
            using var patience = new CancellationTokenSource(Grace);
            try
            {
                await _process.WaitForExitAsync(patience.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
                await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }

        _process.Dispose();
    }
}
