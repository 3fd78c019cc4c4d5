using System.CommandLine;
using LeakySpanner.Reports;
using LeakySpanner.Sessions;

namespace LeakySpanner.Commands;

/// <summary>`track-objects`.</summary>
internal static class TrackObjectsCommand
{
    private static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(5);

    public static Command Build(CommandContext context)
    {
        var interval = new Option<TimeSpan?>("--interval", "-i")
        {
            Description = "from round to round: 5s unless said otherwise",
            CustomParser = result => DurationText.Parse(result),
            HelpName = "TIME",
        };
        var rounds = new Option<int?>("--rounds", "-n") { Description = "end after so many; without it, Ctrl-C ends it", HelpName = "N" };
        var duration = new Option<TimeSpan?>("--duration", "-d")
        {
            Description = "end after this time",
            HelpName = "TIME",
            CustomParser = result => DurationText.Parse(result),
        };
        var rows = new Option<int>("--rows") { Description = "lines per table", HelpName = "N", DefaultValueFactory = _ => 10 };
        var json = new Option<bool>("--json") { Description = "print the last round as one JSON object" };
        var command = new Command("track-objects", "which types and containers grow, round by round") { interval, rounds, duration, rows, json };
        var target = new TargetOptions(command, context.Started);
        context.SetAction(command, async (parse, stop) =>
        {
            var options = new TrackOptions(parse.GetValue(interval) ?? DefaultInterval, parse.GetValue(rounds), parse.GetValue(duration));
            if (options.Rounds is <= 0)
                throw new UsageException("--rounds wants a number above 0");
            return await RunAsync(context, target.Read(parse), options, Math.Max(1, parse.GetValue(rows)), parse.GetValue(json), stop).ConfigureAwait(false);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        CommandContext context, TargetChoice choice, TrackOptions options, int rows, bool json, CancellationToken stop)
    {
        if (choice.All)
            throw new UsageException("track-objects shows one process at a time: choose it with --pid");
        await using var selection = await TargetSelection.ResolveAsync(choice, Question.Of(context.Terminal), context.Clock, stop).ConfigureAwait(false);
        var process = selection.Processes[0];
        var screen = new LiveScreen(context.Terminal);
        if (!json)
            context.Terminal.Report().Line(Piece.Strong(process.Facts(default).Name), $" ({DiagnosisText.Identity(process.Facts(default))})");

        var result = await new TrackSession(process, context.Clock).RunAsync(
            options, round =>
            {
                if (!json)
                    screen.Replace(writer => TrackText.Write(writer, round, rows));
            },
            stop).ConfigureAwait(false);
        if (json && result.Value is { } last)
            context.Terminal.Output.WriteLine(ReportJson.Of(process.Facts(last.Memory.Rss), last, rows));
        return result.TargetEnded
            ? context.Fail($"process {process.Target.Pid} has ended; start it again to go on", ExitCode.Target)
            : ExitCode.Fine;
    }
}
