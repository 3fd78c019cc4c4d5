using System.CommandLine;
using LeakySpanner.Reports;
using LeakySpanner.Reports.Profiles.Saved;
using LeakySpanner.Sessions.Lines;
using LeakySpanner.Target.Linux;

namespace LeakySpanner.Commands;

/// <summary>`lines FILE`: a source file with what its lines hold, as the samples of a run tell.</summary>
internal static class LinesCommand
{
    private const int LargestSource = 4 << 20;

    public static Command Build(CommandContext context)
    {
        var file = new Argument<string>("file") { Description = "a source file, or the end of its path", HelpName = "FILE" };
        var profile = new Option<string?>("--profile") { Description = "a page or .memory.json that run has written; the newest leakyspanner-* here without it", HelpName = "FILE" };
        var all = new Option<bool>("--all") { Description = "every line, not only those around memory" };
        var json = new Option<bool>("--json") { Description = "one JSON object (leakyspanner.lines/1)" };
        var command = new Command("lines", "a source file annotated with the memory that its lines hold, from what run has sampled") { file, profile, all, json };
        context.SetAction(command, (parse, _) => Task.FromResult(
            Run(context, parse.GetRequiredValue(file), parse.GetValue(profile), parse.GetValue(all), parse.GetValue(json))));
        return command;
    }

    private static int Run(CommandContext context, string file, string? profile, bool all, bool json)
    {
        profile ??= SavedRunFile.Newest(Directory.GetCurrentDirectory())
            ?? throw new UsageException("no leakyspanner-*.html here: make one with leakyspanner run -- COMMAND, or name one with --profile");
        var run = SavedRunFile.Read(profile);
        var annotated = LinesSession.Annotate(run, file, TextFile.TryRead(Path.GetFullPath(file), LargestSource));
        if (json)
            context.Terminal.Output.WriteLine(ReportJson.Of(LinesJson.Of(run, profile, annotated)));
        else
            LinesText.Write(context.Terminal.Report(), run, profile, annotated, all);
        return ExitCode.Fine;
    }
}
