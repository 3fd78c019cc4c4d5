using System.CommandLine;
using LeakySpanner.Model.Findings;
using LeakySpanner.Reports;
using LeakySpanner.Reports.Plots;
using LeakySpanner.Reports.Profiles;
using LeakySpanner.Sessions.Activity;
using LeakySpanner.Target;

namespace LeakySpanner.Commands;

/// <summary>`record --plot FILE`: processor and memory of any process over time, as a picture.</summary>
internal static class RecordCommand
{
    public static Command Build(CommandContext context)
    {
        var pid = new Option<int?>("--pid", "-p") { Description = "the process with this number; or -- COMMAND ... starts one and records it to its end", HelpName = "N" };
        var plot = new Option<string>("--plot") { Description = "the picture: .svg, or .png where rsvg-convert is installed", HelpName = "FILE", DefaultValueFactory = _ => "leakyspanner-record.svg" };
        var duration = new Option<TimeSpan?>("--duration") { Description = "how long at most: 60s, 10m; without it until the process ends, or Ctrl-C", HelpName = "TIME", CustomParser = result => DurationText.Parse(result) };
        var command = new Command("record", "processor and memory over time as a picture, with limit, verdict and slope; the program need not be Python") { pid, plot, duration };
        context.SetAction(command, (parse, stop) => RunAsync(context, parse.GetValue(pid), new PlotFile(parse.GetValue(plot)!), parse.GetValue(duration), stop));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, int? pid, PlotFile plot, TimeSpan? duration, CancellationToken stop)
    {
        if ((pid is null) == (context.Started is null))
            throw new UsageException("which process? say --pid N, or -- COMMAND to start one");
        if (context.Started is { IsEmpty: true })
            throw new UsageException("no command after --: for example leakyspanner record --plot memory.svg -- python3 main.py");
        plot.Check();

        using var enough = duration is { } length ? new CancellationTokenSource(length, context.Clock) : new CancellationTokenSource();
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stop, enough.Token);
        var record = pid is { } number
            ? await ObserveAsync(number, context.Clock, both.Token).ConfigureAwait(false)
            : await StartAsync(context, both.Token).ConfigureAwait(false);
        plot.Write(ActivityPlot.Of(record));
        // Standard output is the command's.
        Say(new ReportWriter(pid is null ? context.Terminal.Error : context.Terminal.Output, context.Terminal.Width, colour: false), record, plot.Path);
        return record.Report.Verdict.Outcome == Outcome.Leak ? ExitCode.Leak : ExitCode.Fine;
    }

    private static async Task<ActivityRecord> ObserveAsync(int pid, TimeProvider clock, CancellationToken stop)
    {
        using var target = TargetProcess.Observe(pid);
        return await ActivitySession.RunAsync(target, clock, stop).ConfigureAwait(false);
    }

    private static async Task<ActivityRecord> StartAsync(CommandContext context, CancellationToken stop)
    {
        using var running = RunningCommand.Start(context.Started!.Value, []);
        using var target = TargetProcess.Observe(running.Pid);
        var record = await ActivitySession.RunAsync(target, context.Clock, stop).ConfigureAwait(false);
        if (!running.HasEnded)
            running.AskToEnd();
        await running.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        return record;
    }

    private static void Say(ReportWriter writer, ActivityRecord record, string path)
    {
        var (report, verdict) = (record.Report, record.Report.Verdict);
        writer.Line($"{FrameText.Plain(record.Command)} (pid {record.Pid}): {Phrase.Duration(record.Length)}, RSS {report.InitialRss} to {report.FinalRss}, {record.MostRss} at most,"
            + $" {Phrase.Duration(record.ProcessorUsed)} of processor time");
        writer.Line(report.Headline, DiagnosisText.IsKnown(verdict) ? $"  {Phrase.Growth(verdict.GrowthPerMinute)}" : "", DiagnosisText.Interval(verdict));
        if (verdict.Reason.Length > 0)
            writer.Line(0, 0, verdict.Reason);
        writer.Line($"leakyspanner: wrote {FrameText.Plain(path)}");
    }
}
