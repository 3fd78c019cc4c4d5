using System.CommandLine;
using LeakySpanner.CPython.Census;
using LeakySpanner.Reports;
using LeakySpanner.Sessions;

namespace LeakySpanner.Commands;

/// <summary>`census`.</summary>
internal static class CensusCommand
{
    public static Command Build(CommandContext context)
    {
        var rows = new Option<int>("--rows") { Description = "lines per table", HelpName = "N", DefaultValueFactory = _ => 25 };
        var json = new Option<bool>("--json") { Description = "print one JSON object" };
        var command = new Command("census", "what is in memory right now: types by size, the longest containers") { rows, json };
        var target = new TargetOptions(command, context.Started);
        context.SetAction(command, (parse, stop) =>
            RunAsync(context, target.Read(parse), Math.Max(1, parse.GetValue(rows)), parse.GetValue(json), stop));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, TargetChoice choice, int rows, bool json, CancellationToken stop)
    {
        if (choice.All)
            throw new UsageException("census looks at one process: choose it with --pid");
        await using var selection = await TargetSelection.ResolveAsync(choice, Question.Of(context.Terminal), context.Clock, stop).ConfigureAwait(false);
        var process = selection.Processes[0];
        var census = new CensusTaker(process.Python).Take(TimeSpan.Zero, stop);
        var facts = process.Facts(process.Target.ReadMemorySample(TimeSpan.Zero).Rss);
        if (json)
            context.Terminal.Output.WriteLine(ReportJson.Of(facts, census, rows));
        else
            CensusText.Write(context.Terminal.Report(), facts, census, rows);
        return ExitCode.Fine;
    }
}
