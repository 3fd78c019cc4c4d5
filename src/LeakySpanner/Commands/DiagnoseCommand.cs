using System.CommandLine;
using LeakySpanner.Model.Findings;
using LeakySpanner.Reports;
using LeakySpanner.Sessions;
using LeakySpanner.Target;
using LeakySpanner.Target.Linux;

namespace LeakySpanner.Commands;

/// <summary>`diagnose`: the main job.</summary>
internal static class DiagnoseCommand
{
    /// <summary>A service under full load keeps nine parts of ten of a processor that we compete for.</summary>
    private const int Niceness = 10;

    private static readonly TimeSpan DefaultDuration = TimeSpan.FromSeconds(60);

    public static Command Build(CommandContext context)
    {
        var duration = new Option<TimeSpan?>("--duration", "-d")
        {
            Description = "how long to watch: 60s unless said otherwise, 2m, 1h",
            HelpName = "TIME",
            CustomParser = result => DurationText.Parse(result),
        };
        var pause = new Option<bool>("--pause") { Description = "snapshots as of one moment: stop the process while its memory is copied (10 s at most each)" };
        var json = new Option<bool>("--json") { Description = "print one JSON object (leakyspanner.diagnosis/1)" };
        var command = new Command("diagnose", "is there a leak, what leaks, what keeps it alive, which line and endpoint, where all memory is")
        {
            duration, pause, json,
        };
        var target = new TargetOptions(command, context.Started);
        context.SetAction(command, (parse, stop) =>
        {
            var choice = target.Read(parse);
            var options = new DiagnoseOptions(parse.GetValue(duration) ?? DefaultDuration, parse.GetValue(pause), choice.All);
            return RunAsync(context, choice, options, parse.GetValue(json), stop);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        CommandContext context, TargetChoice choice, DiagnoseOptions options, bool json, CancellationToken stop)
    {
        _ = ObserverPriority.GiveWay(Niceness);
        await using var selection = await TargetSelection.ResolveAsync(choice, Question.Of(context.Terminal), context.Clock, stop).ConfigureAwait(false);
        var progress = new Progress(context.Terminal);
        var results = new List<SessionResult<Diagnosis>>();
        var lost = 0;
        var succession = new Succession(context.Clock);
        var sessions = selection.Processes.Select((process, index) => succession.FollowAsync(
            process,
            options.Duration,
            (worker, rest) => new DiagnoseSession(worker, options with { Duration = rest }, context.Clock, index == 0 ? progress.Show : null).RunAsync(stop),
            (diagnosis, notes) => diagnosis with { Notes = [.. notes, .. diagnosis.Notes] },
            stop)).ToList();
        foreach (var session in sessions)
        {
            try
            {
                results.Add(await session.ConfigureAwait(false));
            }
            catch (TargetException exception) when (sessions.Count > 1)
            {
                lost = context.Fail(exception.Message, ExitCode.Target);
            }
        }

        progress.Clear();
        Print(context.Terminal, results, json, sessions.Count > 1);
        var code = Exits.Of([.. results.Select(result => (result.Value.Verdict.Outcome, result.TargetEnded))]);
        return code == ExitCode.Fine ? lost : code;
    }

    private static void Print(Terminal terminal, List<SessionResult<Diagnosis>> results, bool json, bool several)
    {
        if (json)
        {
            terminal.Output.WriteLine(several ? ReportJson.Of(results.Select(result => result.Value)) : ReportJson.Of(results[0].Value));
            return;
        }

        var writer = terminal.Report();
        for (var i = 0; i < results.Count; i++)
        {
            if (i > 0)
            {
                writer.Blank();
                writer.Blank();
            }

            DiagnosisText.Write(writer, results[i].Value);
        }
    }
}
