using System.CommandLine;
using LeakySpanner.Reports;
using LeakySpanner.Sessions;

namespace LeakySpanner.Commands;

/// <summary>`snapshot -o FILE`.</summary>
internal static class SnapshotCommand
{
    public static Command Build(CommandContext context)
    {
        var output = new Option<string>("--output", "-o") { Description = "the file to write", HelpName = "FILE", Required = true };
        var pause = new Option<bool>("--pause") { Description = "as of one moment: stop the process while its memory is copied (10 s at most)" };
        var command = new Command("snapshot", "saves the whole heap: objects, references, roots; no values") { output, pause };
        var target = new TargetOptions(command, context.Started);
        context.SetAction(command, (parse, stop) =>
            RunAsync(context, target.ReadOne(parse, "snapshot saves"), parse.GetRequiredValue(output), parse.GetValue(pause), stop));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, TargetChoice choice, string path, bool pause, CancellationToken stop)
    {
        await using var selection = await TargetSelection.ResolveAsync(choice, Question.Of(context.Terminal), context.Clock, stop).ConfigureAwait(false);
        var (snapshot, coverage, took) = await new SnapshotSession(selection.Processes[0], context.Clock).TakeAsync(pause, stop).ConfigureAwait(false);
        SnapshotFiles.Write(snapshot, path);
        var writer = context.Terminal.Report();
        writer.Line(
            Piece.Strong(path), $"   {Phrase.Plural(snapshot.Graph.NodeCount, "object")}, {Phrase.Plural(snapshot.Graph.EdgeCount, "reference")}, ",
            $"{Phrase.Bytes(new FileInfo(path).Length)}, in {Phrase.Duration(took)}");
        writer.Line(Piece.Faint("what was seen: "), CoverageText.Of(coverage));
        return ExitCode.Fine;
    }
}
