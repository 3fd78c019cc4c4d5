using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using LeakySpanner.Target.Linux;

namespace LeakySpanner.Target;

/// <summary>
/// A command that runs as if it had been started without us: on our terminal, in our process group, so that Ctrl-C reaches it as ever. Only its
/// environment has something more.
/// </summary>
public sealed class RunningCommand : IDisposable
{
    private const int Terminate = 15;

    private readonly Process _process;

    private RunningCommand(Process process) => _process = process;

    public int Pid => _process.Id;

    public bool HasEnded => _process.HasExited;

    /// <summary>Once it has ended; 128 and more where a signal ended it, as a shell would say.</summary>
    public int ExitCode => _process.ExitCode;

    /// <param name="command">Name or path, and arguments.</param>
    /// <param name="environment">What is added to ours.</param>
    /// <exception cref="TargetException">There is no such command.</exception>
    public static RunningCommand Start(IReadOnlyList<string> command, IEnumerable<KeyValuePair<string, string>> environment)
    {
        var start = new ProcessStartInfo(command[0]) { UseShellExecute = false };
        foreach (var argument in command.Skip(1))
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        try
        {
            return new RunningCommand(Process.Start(start)!);
        }
        catch (Win32Exception exception)
        {
            throw new TargetException(TargetFailure.NoneMatches, $"cannot start {command[0]} ({Marshal.GetPInvokeErrorMessage(exception.NativeErrorCode)}): check that it is installed, or give its whole path");
        }
    }

    public Task WaitAsync(CancellationToken cancellation) => _process.WaitForExitAsync(cancellation);

    /// <summary>SIGTERM, which it may answer as it likes.</summary>
    public void AskToEnd() => _ = LibC.Kill(_process.Id, Terminate);

    public void Dispose() => _process.Dispose();
}
