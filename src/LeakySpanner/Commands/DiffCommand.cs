using System.CommandLine;
using LeakySpanner.Analysis.Growth;
using LeakySpanner.Reports;

namespace LeakySpanner.Commands;

/// <summary>`diff BEFORE AFTER`.</summary>
internal static class DiffCommand
{
    public static Command Build(CommandContext context)
    {
        var before = new Argument<string>("before") { Description = "the earlier snapshot", HelpName = "BEFORE" };
        var after = new Argument<string>("after") { Description = "the later one, of the same process", HelpName = "AFTER" };
        var rows = new Option<int>("--rows") { Description = "lines per table", HelpName = "N", DefaultValueFactory = _ => 15 };
        var command = new Command("diff", "what grew between two snapshots, and what holds it") { before, after, rows };
        context.SetAction(command, (parse, _) => Task.FromResult(
            Run(context, parse.GetRequiredValue(before), parse.GetRequiredValue(after), Math.Max(1, parse.GetValue(rows)))));
        return command;
    }

    private static int Run(CommandContext context, string before, string after, int rows)
    {
        var earlier = SnapshotFiles.Read(before);
        var later = SnapshotFiles.Read(after);
        DiffText.Write(context.Terminal.Report(), earlier, later, SnapshotDiff.Between(earlier, later), rows);
        return ExitCode.Fine;
    }
}
