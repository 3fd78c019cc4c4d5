using System.Collections.Immutable;
using LeakySpanner.Scanning.Logs.Facts;
using LeakySpanner.Scanning.Logs.Reading;

namespace LeakySpanner.Scanning.Logs.Formats;

/// <summary>gunicorn's own lines about its workers (gunicorn/arbiter.py, gunicorn/workers/base.py).</summary>
internal sealed class GunicornLog : LineFormat
{
    private static readonly (string Phrase, LogEventKind Kind)[] Messages =
    [
        ("WORKER TIMEOUT (pid:", LogEventKind.WorkerTimeout),
        ("Booting worker with pid: ", LogEventKind.Started),
        ("Worker exiting (pid: ", LogEventKind.Ended),
    ];

    public override string Name => "gunicorn";

    public override ImmutableArray<string> Phrases { get; } =
    [
        .. Messages.Select(message => message.Phrase), "Worker (pid:", "Worker with pid ", "Autorestarting worker after current request",
        "Starting gunicorn ", "Listening at: http", "Using worker: ", "Handling signal: ", "Shutting down: Master",
    ];

    public override bool TryRead(LogLine line, LogTally tally)
    {
        foreach (var (phrase, kind) in Messages)
        {
            var scanner = line.Scan();
            if (scanner.SkipPast(System.Text.Encoding.ASCII.GetBytes(phrase)) && scanner.TryNumber(out var pid))
            {
                tally.Event(line.Event(kind, this) with { Pid = (int)pid, Who = kind is LogEventKind.Started or LogEventKind.Ended ? null : "gunicorn worker" });
                return true;
            }
        }

        if (line.Text.IndexOf("Autorestarting worker"u8) >= 0)
        {
            tally.Event(line.Event(LogEventKind.Recycled, this));
            return true;
        }

        return TryReadEnd(line, tally) || IsKnown(line.Text);
    }

    /// <summary>"Worker with pid 571 was terminated due to signal 9", "Worker (pid:571) was sent SIGKILL! Perhaps out of memory?".</summary>
    private bool TryReadEnd(LogLine line, LogTally tally)
    {
        var scanner = line.Scan();
        if (!(scanner.SkipPast("Worker (pid:"u8) || scanner.SkipPast("Worker with pid "u8)) || !scanner.TryNumber(out var pid))
            return false;
        if (scanner.Rest.IndexOf("SIGKILL"u8) >= 0 || scanner.Rest.EndsWith("signal 9"u8) || scanner.Rest.EndsWith("code 137"u8))
            tally.Event(line.Event(LogEventKind.Killed, this) with { Pid = (int)pid, Who = "gunicorn worker" });
        else
            tally.Event(line.Event(LogEventKind.Ended, this) with { Pid = (int)pid, Detail = scanner.SkipPast("due to "u8) ? "on " + LineScanner.Text(scanner.Rest) : null });
        return true;
    }

    private static bool IsKnown(ReadOnlySpan<byte> text) =>
        text.IndexOf("[INFO] "u8) >= 0 && text.IndexOf("Worker ("u8) < 0;
}
