using LeakySpanner.Model.Findings;

namespace LeakySpanner.Commands;

/// <summary>From what was found in one or several processes to one exit code.</summary>
internal static class Exits
{
    /// <summary>A leak in a process that lived on outweighs another process that ended; a process that ended is not judged.</summary>
    public static int Of(IReadOnlyCollection<(Outcome Outcome, bool TargetEnded)> results)
    {
        if (results.Any(result => result is { Outcome: Outcome.Leak, TargetEnded: false }))
            return ExitCode.Leak;
        return results.Any(result => result.TargetEnded) ? ExitCode.Target : ExitCode.Fine;
    }
}
