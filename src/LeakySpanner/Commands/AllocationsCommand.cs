using System.CommandLine;
using LeakySpanner.CPython.Tracemalloc;
using LeakySpanner.Reports;
using LeakySpanner.Sessions;

namespace LeakySpanner.Commands;

/// <summary>`allocations`.</summary>
internal static class AllocationsCommand
{
    public static Command Build(CommandContext context)
    {
        var limit = new Option<int>("--limit") { Description = "lines to show", HelpName = "N", DefaultValueFactory = _ => 10 };
        var json = new Option<bool>("--json") { Description = "print one JSON object" };
        var command = new Command("allocations", "which lines allocated what is held, from tracemalloc's table where tracemalloc is on") { limit, json };
        var target = new TargetOptions(command, context.Started);
        context.SetAction(command, (parse, stop) =>
            RunAsync(context, target.ReadOne(parse, "allocations looks at"), Math.Max(1, parse.GetValue(limit)), parse.GetValue(json), stop));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, TargetChoice choice, int limit, bool json, CancellationToken stop)
    {
        await using var selection = await TargetSelection.ResolveAsync(choice, Question.Of(context.Terminal), context.Clock, stop).ConfigureAwait(false);
        var process = selection.Processes[0];
        var table = TracemallocReader.Read(process.Python, limit, stop);
        var facts = process.Facts(process.Target.ReadMemorySample(TimeSpan.Zero).Rss);
        if (json)
            context.Terminal.Output.WriteLine(ReportJson.Of(facts, table));
        else
            AllocationsText.Write(context.Terminal.Report(), facts, table);
        return ExitCode.Fine;
    }
}
