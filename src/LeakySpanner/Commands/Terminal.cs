using LeakySpanner.Reports;

namespace LeakySpanner.Commands;

/// <summary>Where a command writes and what is at the other end.</summary>
/// <param name="Output">Reports.</param>
/// <param name="Error">Errors and progress.</param>
/// <param name="OutputIsLive">True where a person watches the output, rather than a file or a pipe.</param>
/// <param name="ErrorIsLive">True where progress would be seen.</param>
/// <param name="CanAsk">True where a question can be answered.</param>
/// <param name="Width">Columns of the output.</param>
/// <param name="Colour">True where colours are wanted.</param>
public sealed record Terminal(
    TextWriter Output, TextWriter Error, bool OutputIsLive, bool ErrorIsLive, bool CanAsk, int Width, bool Colour)
{
    private const int PipedWidth = 110;

    public static Terminal OfConsole()
    {
        var live = !Console.IsOutputRedirected;
        return new Terminal(
            Console.Out, Console.Error, live, !Console.IsErrorRedirected, live && !Console.IsInputRedirected && !Console.IsErrorRedirected,
            ConsoleWidth(live), live && ColourIsWanted());
    }

    public ReportWriter Report() => new(Output, Width, Colour);

    private static int ConsoleWidth(bool live)
    {
        var width = live ? Console.WindowWidth : PipedWidth;
        return width <= 0 ? PipedWidth : Math.Clamp(width, 60, 160);
    }

    /// <summary>https://no-color.org: any value but an empty one turns colours off.</summary>
    private static bool ColourIsWanted() =>
        string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") is not "dumb";
}
