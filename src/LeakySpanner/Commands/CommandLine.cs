using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace LeakySpanner.Commands;

/// <summary>The command line as a whole: what stands after "--" is a command of the user's and is never parsed here.</summary>
public static class CommandLine
{
    public static async Task<int> RunAsync(string[] arguments, Terminal terminal, TimeProvider clock)
    {
        var split = Array.IndexOf(arguments, "--");
        var ours = split < 0 ? arguments : arguments[..split];
        ImmutableArray<string>? started = split < 0 ? null : [.. arguments[(split + 1)..]];
        var context = new CommandContext(terminal, clock, started);

        var parse = Build(context).Parse(ours, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parse.Action is ParseErrorAction or null)
            return context.Fail(Advice(parse), ExitCode.Usage);
        if (started is not null && parse.Action is not HelpAction && !parse.CommandResult.Command.Options.Any(option => option.Name is "--pid" or "--sample-every"))
            return context.Fail($"{parse.CommandResult.Command.Name} starts no command: leave out what follows --", ExitCode.Usage);
        return await parse.InvokeAsync(new InvocationConfiguration
        {
            Output = terminal.Output,
            Error = terminal.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        }).ConfigureAwait(false);
    }

    private static RootCommand Build(CommandContext context) => new(
        "Diagnoses memory leaks of running Python web services from outside: no restart, no installed package, no pause.\n"
        + "Which process: --pid N, --port N, --name GLOB, or -- COMMAND ... to start one and watch it.")
    {
        DiagnoseCommand.Build(context),
        DetectCommand.Build(context),
        TrackObjectsCommand.Build(context),
        CensusCommand.Build(context),
        AllocationsCommand.Build(context),
        AnalyzeLogsCommand.Build(context),
        SnapshotCommand.Build(context),
        DiffCommand.Build(context),
        WhyCommand.Build(context),
        DoctorCommand.Build(context),
        RunCommand.Build(context),
        ScanCodeCommand.Build(context),
        LinesCommand.Build(context),
        RecordCommand.Build(context),
        SidecarCommand.Build(context),
    };

    private static string Advice(ParseResult parse)
    {
        var command = parse.CommandResult.Command is RootCommand ? "" : " " + parse.CommandResult.Command.Name;
        var first = parse.Errors.Count > 0 ? string.Join(' ', parse.Errors[0].Message.TrimEnd('.').Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)) : "say which command";
        if (command.Length > 0 && parse.UnmatchedTokens.Count > 0 && int.TryParse(parse.UnmatchedTokens[0], out var pid))
            return $"'{pid}' stands alone: say leakyspanner{command} --pid {pid}";
        return $"{first} (leakyspanner{command} --help)";
    }
}
