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
        var pause = new Option<bool>("--pause") { Description = "as of one moment: stop the process while its memory is copied (10 s at most)" };
        var command = new Command("census", "what is in memory right now: types by size, the longest containers") { rows, json, pause };
        var target = new TargetOptions(command, context.Started);
        context.SetAction(command, (parse, stop) =>
            RunAsync(context, target.ReadOne(parse, "census looks at"), Math.Max(1, parse.GetValue(rows)), parse.GetValue(json), parse.GetValue(pause), stop));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, TargetChoice choice, int rows, bool json, bool pause, CancellationToken stop)
    {
        await using var selection = await TargetSelection.ResolveAsync(choice, Question.Of(context.Terminal), context.Clock, stop).ConfigureAwait(false);
        var process = selection.Processes[0];
        var pauses = new PausedReading(process);
        var census = pause
            ? pauses.Read(python => new CensusTaker(python).Take(TimeSpan.Zero, stop), stop)
            : new CensusTaker(process.Python).Take(TimeSpan.Zero, stop);
        census = census with { Coverage = census.Coverage with { PausedMilliseconds = pauses.Paused.TotalMilliseconds } };
        foreach (var note in pauses.Notes)
            context.Terminal.Error.WriteLine("leakyspanner: " + note);
        var facts = process.Facts(process.Target.ReadMemorySample(TimeSpan.Zero).Rss);
        if (json)
            context.Terminal.Output.WriteLine(ReportJson.Of(facts, census, rows));
        else
            CensusText.Write(context.Terminal.Report(), facts, census, rows);
        return ExitCode.Fine;
    }
}
