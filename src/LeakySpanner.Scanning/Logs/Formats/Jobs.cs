using System.Collections.Immutable;
using LeakySpanner.Scanning.Logs.Reading;

namespace LeakySpanner.Scanning.Logs.Formats;

/// <summary>Jobs that a scheduler starts: Celery, APScheduler, RQ, cron.</summary>
internal sealed class Jobs : LineFormat
{
    public override string Name => "jobs";

    public override ImmutableArray<string> Phrases { get; } = ["Task ", "Running job \"", "Job \"", " CMD (", "executed successfully", "] received", "] succeeded in "];

    public override bool TryRead(LogLine line, LogTally tally)
    {
        // Task app.tasks.rebuild[6f1c...] received
        var scanner = line.Scan();
        if (scanner.SkipPast("Task "u8) && scanner.Rest.IndexOf((byte)'[') is > 0 and var bracket && scanner.Rest[..bracket].IndexOf((byte)' ') < 0)
        {
            if (scanner.Rest.IndexOf("] received"u8) > 0)
                tally.Job(scanner.Rest[..bracket], line.At);
            return scanner.Rest.IndexOf("] received"u8) > 0 || scanner.Rest.IndexOf("] succeeded"u8) > 0;
        }

        // Running job "nightly report (trigger: cron[hour='*'], next run at: ...)" (scheduled at ...)
        scanner = line.Scan();
        if (scanner.SkipPast("Running job \""u8))
        {
            var job = scanner.Rest[..Math.Max(0, scanner.Rest.IndexOf((byte)'"'))];
            tally.Job(job[..(job.IndexOf(" (trigger"u8) is var end and > 0 ? end : job.Length)], line.At);
            return true;
        }

        if (line.Text.IndexOf("executed successfully"u8) >= 0)
            return line.Text.IndexOf("Job \""u8) >= 0;

        // CRON[4121]: (root) CMD (/usr/bin/rebuild)
        scanner = line.Scan();
        if (!scanner.SkipPast(") CMD ("u8) || line.Text.IndexOf("CRON"u8) < 0)
            return false;
        var command = scanner.Rest;
        tally.Job(command.EndsWith(")"u8) ? command[..^1] : command, line.At);
        return true;
    }
}
