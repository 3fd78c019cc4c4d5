using System.CommandLine;
using LeakySpanner.Reports;
using LeakySpanner.Sessions;

namespace LeakySpanner.Commands;

/// <summary>`detect [SECONDS] [INTERVAL]`.</summary>
internal static class DetectCommand
{
    private static readonly TimeSpan DefaultDuration = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(10);

    public static Command Build(CommandContext context)
    {
        var duration = new Argument<TimeSpan?>("seconds")
        {
            Description = "how long to watch: 60 unless said otherwise, 300, 5m",
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = result => DurationText.Parse(result),
            HelpName = "SECONDS",
        };
        var interval = new Argument<TimeSpan?>("interval")
        {
            Description = "how often to print a line: 10 unless said otherwise, 30s",
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = result => DurationText.Parse(result),
            HelpName = "INTERVAL",
        };
        var json = new Option<bool>("--json") { Description = "print one JSON object" };
        var command = new Command("detect", "is there a leak? How fast resident memory grows, and whether that is one") { duration, interval, json };
        var target = new TargetOptions(command, context.Started);
        context.SetAction(command, async (parse, stop) => await RunAsync(
            context, target.Read(parse), parse.GetValue(duration) ?? DefaultDuration, parse.GetValue(interval) ?? DefaultInterval, parse.GetValue(json), stop).ConfigureAwait(false));
        return command;
    }

    private static async Task<int> RunAsync(
        CommandContext context, TargetChoice choice, TimeSpan duration, TimeSpan interval, bool json, CancellationToken stop)
    {
        var selection = await TargetSelection.ResolveAsync(choice, Question.Of(context.Terminal), context.Clock, stop).ConfigureAwait(false);
        await using var _ = selection.ConfigureAwait(false);
        var writer = context.Terminal.Report();
        var alone = selection.Processes.Count == 1;
        if (alone && !json)
            DetectText.WriteStart(writer, selection.Processes[0].Facts(default), duration, interval);

        var succession = new Succession(context.Clock);
        var results = await Task.WhenAll(selection.Processes.Select(process => succession.FollowAsync(
            process,
            duration,
            (worker, rest) => new DetectSession(worker, context.Clock).RunAsync(
                rest, interval, alone && !json ? (first, sample) => DetectText.WriteSample(writer, first, sample) : null, stop),
            (detection, notes) => detection with { Notes = [.. notes, .. detection.Notes] },
            stop))).ConfigureAwait(false);
        if (json)
        {
            context.Terminal.Output.WriteLine(alone ? ReportJson.Of(results[0].Value) : ReportJson.Of(results.Select(result => result.Value)));
        }
        else
        {
            foreach (var result in results)
            {
                writer.Blank();
                if (!alone)
                    DetectText.WriteStart(writer, result.Value.Process, duration, interval);
                DetectText.WriteResult(writer, result.Value);
            }
        }

        return Exits.Of([.. results.Select(result => (result.Value.Report.Verdict.Outcome, result.TargetEnded))]);
    }
}
