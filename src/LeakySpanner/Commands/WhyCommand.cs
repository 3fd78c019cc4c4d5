using System.CommandLine;
using LeakySpanner.Reports;
using LeakySpanner.Sessions;

namespace LeakySpanner.Commands;

/// <summary>`why FILE OBJECT`.</summary>
internal static class WhyCommand
{
    public static Command Build(CommandContext context)
    {
        var file = new Argument<string>("file") { Description = "a snapshot", HelpName = "FILE" };
        var asked = new Argument<string>("object")
        {
            Description = "an address (0x7f12...), a path (app.cache.results), or a type (app.models.User)",
            HelpName = "OBJECT",
        };
        var rows = new Option<int>("--rows") { Description = "objects to show, the largest first", HelpName = "N", DefaultValueFactory = _ => 3 };
        var command = new Command("why", "what keeps an object of a snapshot alive, and what it holds") { file, asked, rows };
        context.SetAction(command, (parse, _) => Task.FromResult(
            Run(context, parse.GetRequiredValue(file), parse.GetRequiredValue(asked), Math.Max(1, parse.GetValue(rows)))));
        return command;
    }

    private static int Run(CommandContext context, string file, string asked, int rows)
    {
        var answer = WhySession.Answer(SnapshotFiles.Read(file).Graph, asked, rows);
        if (answer.Matches == 0)
            throw new UsageException($"nothing in {file} is called '{asked}': give an address (0x...), a path such as app.cache.results, or a type's name");
        WhyText.Write(context.Terminal.Report(), answer);
        return ExitCode.Fine;
    }
}
