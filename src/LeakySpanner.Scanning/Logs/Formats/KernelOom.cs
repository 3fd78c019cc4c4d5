using System.Collections.Immutable;
using LeakySpanner.Scanning.Logs.Facts;
using LeakySpanner.Scanning.Logs.Reading;

namespace LeakySpanner.Scanning.Logs.Formats;

/// <summary>
/// The kernel's report of a process killed for want of memory (mm/oom_kill.c): from "invoked oom-killer" over memory and tasks to
/// "Killed process".
/// </summary>
internal sealed class KernelOom : LineFormat
{
    /// <summary>A report with registers, stack and tasks of a large machine has hundreds of lines.</summary>
    private const int LongestReport = 5000;

    private int _left;
    private bool _isNamed;
    private long? _limit;

    public override string Name => "kernel";

    public override ImmutableArray<string> Phrases { get; } =
    [
        "invoked oom-killer", "Killed process ", "oom-kill:constraint=", "oom_reaper: reaped process ", "Kill process ", "memory: usage ",
    ];

    public override bool TryRead(LogLine line, LogTally tally)
    {
        var scanner = line.Scan();
        if (scanner.SkipPast("invoked oom-killer"u8))
        {
            (_left, _limit) = (LongestReport, null);
            _isNamed = IsNamed(line);
            line.Context.Table = this;
            return true;
        }

        if (TryLimit(line))
        {
            // Another program's line stood in between.
            line.Context.Table = _left > 0 ? this : null;
            return true;
        }

        scanner = line.Scan();
        if (scanner.SkipPast("Killed process "u8))
            return TryKill(line, tally, scanner);
        return line.Text.IndexOf("Kill process "u8) < 0 || line.Text.IndexOf(" or sacrifice child"u8) >= 0;
    }

    public override bool TryRow(LogLine line, LogTally tally)
    {
        var scanner = line.Scan();
        if (scanner.SkipPast("Killed process "u8) || _left-- <= 0 || (_isNamed && !IsNamed(line)))
            return false;
        return TryLimit(line) || line.HasTime || line.Text.IsEmpty;
    }

    /// <summary>In the journal and in syslog other programs write between its lines.</summary>
    private static bool IsNamed(LogLine line) => line.Text.IndexOf("kernel: "u8) >= 0;

    /// <summary>Both the process's cgroup and the ones above it may be printed; the first is the one that met its limit.</summary>
    private bool TryLimit(LogLine line)
    {
        var scanner = line.Scan();
        if (!scanner.SkipPast("memory: usage "u8) || !scanner.SkipPast("limit "u8) || !scanner.TrySize(out var limit))
            return false;
        _limit ??= limit < 1L << 50 ? limit : null;
        return true;
    }

    /// <summary>"Killed process 1234 (python3) total-vm:174184kB, anon-rss:163296kB, file-rss:6172kB, ...", with a comma before total-vm in older kernels.</summary>
    private bool TryKill(LogLine line, LogTally tally, LineScanner scanner)
    {
        if (!scanner.TryNumber(out var pid) || pid is < 1 or > int.MaxValue)
            return false;
        var who = scanner.SkipPast("("u8) ? LineScanner.Text(scanner.Until((byte)')')) : null;
        var bytes = 0L;
        var sized = scanner.SkipPast("anon-rss:"u8) && scanner.TrySize(out bytes);
        if (scanner.SkipPast("shmem-rss:"u8) && scanner.TrySize(out var shared))
            bytes += shared;
        tally.Event(line.Event(LogEventKind.Killed, this) with
        {
            Cause = KillCause.OutOfMemory,
            Pid = (int)pid,
            Who = who,
            Bytes = sized ? bytes : null,
            Limit = _limit,
        });
        (_limit, _left) = (null, 0);
        return true;
    }
}
