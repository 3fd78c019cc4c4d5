using System.Collections.Immutable;
using System.CommandLine;
using LeakySpanner.Target;

namespace LeakySpanner.Commands;

/// <summary>What every command is given.</summary>
/// <param name="Terminal">Where it writes.</param>
/// <param name="Clock">The time.</param>
/// <param name="Started">What stood after "--" on the command line, or null.</param>
internal sealed record CommandContext(Terminal Terminal, TimeProvider Clock, ImmutableArray<string>? Started)
{
    /// <summary>Gives a command its work, and turns what can go wrong into one line on stderr and an exit code.</summary>
    public void SetAction(Command command, Func<ParseResult, CancellationToken, Task<int>> work) =>
        command.SetAction(async parse =>
        {
            using var stop = new StopRequest();
            try
            {
                return await work(parse, stop.Token).ConfigureAwait(false);
            }
            catch (UsageException exception)
            {
                return Fail(exception.Message, ExitCode.Usage);
            }
            catch (TargetException exception)
            {
                return Fail(exception.Message, exception.Failure == TargetFailure.SeveralMatch ? ExitCode.Usage : ExitCode.Target);
            }
            catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
            {
                return Fail("stopped before anything was known", ExitCode.Target);
            }
        });

    public int Fail(string message, int exitCode)
    {
        Terminal.Error.WriteLine("leakyspanner: " + message);
        return exitCode;
    }
}
