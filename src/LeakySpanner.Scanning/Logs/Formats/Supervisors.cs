using System.Collections.Immutable;
using LeakySpanner.Scanning.Logs.Facts;
using LeakySpanner.Scanning.Logs.Reading;

namespace LeakySpanner.Scanning.Logs.Formats;

/// <summary>What systemd, supervisord and Celery say when a process of theirs is killed.</summary>
internal sealed class Supervisors : LineFormat
{
    public override string Name => "supervisors";

    public override ImmutableArray<string> Phrases { get; } =
    [
        "code=killed, status=9/KILL", "has been killed by the OOM killer", "Failed with result 'oom-kill'", "(terminated by SIGKILL", "signal 9 (SIGKILL)", "INFO spawned: '",
    ];

    public override bool TryRead(LogLine line, LogTally tally)
    {
        var text = line.Text;
        if (text.IndexOf("spawned: '"u8) >= 0)
        {
            var spawned = line.Scan();
            spawned.SkipPast("with pid "u8);
            tally.Event(line.Event(LogEventKind.Started, this) with { Pid = spawned.TryNumber(out var number) ? (int)number : null });
            return true;
        }

        var surely = text.IndexOf("OOM killer"u8) >= 0 || text.IndexOf("'oom-kill'"u8) >= 0;
        tally.Event(line.Event(LogEventKind.Killed, this) with { Cause = surely ? KillCause.OutOfMemory : KillCause.Signal, Who = WhoOf(text), Pid = PidOf(text) });
        return true;
    }

    /// <summary>"shop.service: ...", "exited: web (terminated ...", "Process 'ForkPoolWorker-1' pid:123".</summary>
    private static string? WhoOf(ReadOnlySpan<byte> text)
    {
        var scanner = new LineScanner(text);
        if (scanner.SkipPast("exited: "u8))
            return LineScanner.Text(scanner.Word());
        scanner = new LineScanner(text);
        if (scanner.SkipPast("Process '"u8))
            return LineScanner.Text(scanner.Until((byte)'\''));
        var unit = text.IndexOf(".service: "u8);
        return unit > 0 ? LineScanner.Text(text[(text[..unit].LastIndexOf((byte)' ') + 1)..(unit + 8)]) : null;
    }

    private static int? PidOf(ReadOnlySpan<byte> text)
    {
        var scanner = new LineScanner(text);
        return scanner.SkipPast(" pid:"u8) && scanner.TryNumber(out var pid) ? (int)pid : null;
    }
}
