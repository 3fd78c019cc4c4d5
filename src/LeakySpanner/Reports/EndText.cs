using System.Globalization;
using LeakySpanner.Model.Findings;

namespace LeakySpanner.Reports;

/// <summary>How a process ended, in one sentence.</summary>
internal static class EndText
{
    public static string Of(ProcessEnd end)
    {
        var sentence = $"{What(end)} at {end.At.ToString("HH:mm:ss", CultureInfo.InvariantCulture)}, {Phrase.Duration(end.After)} into the watch, with {end.Rss} resident";
        sentence += end switch
        {
            { Kind: EndKind.Replaced } => "",
            { Limit: { } limit, LimitSource: { } source } => $", its limit being {limit} ({source})",
            { Limit: { } limit } => $", its limit being {limit}",
            _ => "",
        };
        if (!end.Heirs.IsDefaultOrEmpty)
            sentence += $"; processes that it had started live on: {string.Join(", ", end.Heirs.Take(8))}";
        return sentence + After(end);
    }

    public static string KindName(EndKind kind) => kind switch
    {
        EndKind.Exited => "exited",
        EndKind.Signalled => "signalled",
        EndKind.OutOfMemory => "out_of_memory",
        EndKind.Replaced => "replaced",
        _ => "unknown",
    };

    private static string What(ProcessEnd end) => end switch
    {
        { Kind: EndKind.OutOfMemory, IsInferred: false } => "the kernel killed it for want of memory",
        { Kind: EndKind.OutOfMemory } => "it was killed, as far as can be told by the kernel for want of memory,",
        { Kind: EndKind.Exited, ExitCode: { } code } => $"it ended by itself with exit code {code}",
        { Kind: EndKind.Signalled, Signal: { } signal } => $"{signal} ended it",
        { Kind: EndKind.Replaced } => "it replaced its program by another (exec)",
        _ => "it ended, nobody tells how,",
    };

    private static string After(ProcessEnd end) => end switch
    {
        { Kind: EndKind.Replaced, Successor: { } command } => $"; now it runs: {command}",
        { Successor: { } command } => $"; its number belongs to another process now: {command}",
        _ => "",
    };
}
