using System.Collections.Immutable;
using LeakySpanner.Scanning.Logs.Facts;
using LeakySpanner.Scanning.Logs.Reading;

namespace LeakySpanner.Scanning.Logs.Formats;

/// <summary>The log that `leakyspanner(app)` writes for people, line by line; its summary is read by <see cref="OwnSummary"/>.</summary>
internal sealed class OwnText : LineFormat
{
    public const string Series = "service";

    /// <summary>Details of an alert, a verdict or a diagnosis are indented this far.</summary>
    private static ReadOnlySpan<byte> Indent => "                 "u8;

    private const int MostWorkers = 256;

    /// <summary>Snapshot lines name the process only where there are several.</summary>
    private readonly HashSet<int> _alive = [];
    private long? _limit;

    public override string Name => "leakyspanner log";

    public override ImmutableArray<string> Phrases { get; } =
    [
        "RSS=", "ENDPOINT ", "MEMORY GROWTH ALERT: ", "(baseline=", "top allocations", " SESSION ", " WORKER ", " VERDICT ", " DIAGNOSIS of pid ", " COLLECTED ", " NOTE ",
        " more ENDPOINT line", "SESSION ", "WORKER ", "VERDICT ", "DIAGNOSIS of pid ", "COLLECTED ", "NOTE ",
    ];

    public override bool TryRead(LogLine line, LogTally tally)
    {
        var text = line.Text.TrimStart((byte)' ');
        var scanner = new LineScanner(text);
        if (scanner.Skip("RSS="u8))
            return Snapshot(line, scanner, tally);
        if (scanner.Skip("ENDPOINT "u8))
            return Delta(line, scanner, tally);
        if (scanner.Skip("MEMORY GROWTH ALERT: "u8))
        {
            tally.Event(line.Event(LogEventKind.GrowthAlert, this));
            line.Context.Table = this;
            return true;
        }

        if (text.IndexOf("top allocations"u8) >= 0 && !line.HasTime)
        {
            line.Context.Table = this;
            return true;
        }

        return line.HasTime && TryOwn(line, scanner, tally);
    }

    /// <summary>What belongs to the line above: allocations, and the details of what was found.</summary>
    public override bool TryRow(LogLine line, LogTally tally)
    {
        if (line.HasTime)
            return false;
        if (line.Text.StartsWith(Indent))
            return true;
        var scanner = line.Scan().SkipSpaces();
        if (!scanner.TrySize(out var bytes) || !scanner.Skip(" \u00d7 "u8) || !scanner.TryNumber(out var count))
            return false;
        scanner.SkipSpaces();
        tally.Allocation(LineScanner.Text(scanner.Rest), bytes, count);
        return true;
    }

    private bool Snapshot(LogLine line, LineScanner scanner, LogTally tally)
    {
        if (!scanner.TrySize(out var bytes) || !scanner.SkipPast("VMS="u8) || !scanner.SkipPast("delta="u8))
            return false;
        var name = scanner.SkipPast("pid="u8) && scanner.TryNumber(out var pid) ? $"pid {pid}" : _alive.Count == 1 ? $"pid {_alive.First()}" : Series;
        tally.Sample(name, Name, line.At, bytes, _limit);
        return true;
    }

    private static bool Delta(LogLine line, LineScanner scanner, LogTally tally)
    {
        var end = scanner.Rest.IndexOf("  mem_delta="u8);
        if (end < 1)
            return false;
        var (method, path) = OwnSummary.Split(scanner.Rest[..end]);
        scanner.SkipPast("mem_delta="u8);
        var minus = scanner.Skip("-"u8);
        scanner.Skip("+"u8);
        if (!scanner.TrySize(out var bytes))
            return false;
        tally.Endpoint(method, path).AddLine(minus ? -bytes : bytes);
        return true;
    }

    private bool TryOwn(LogLine line, LineScanner scanner, LogTally tally)
    {
        if (scanner.Skip("WORKER "u8) && scanner.TryNumber(out _))
            return Worker(line, scanner, tally);
        if (scanner.Skip("VERDICT "u8))
        {
            if (scanner.Rest.StartsWith("LEAK "u8))
                tally.Event(line.Event(LogEventKind.LeakVerdict, this));
            line.Context.Table = this;
            return true;
        }

        if (scanner.Skip("DIAGNOSIS of pid "u8))
        {
            line.Context.Table = this;
            if (scanner.TryNumber(out _) && scanner.Skip(": "u8))
                tally.Event(line.Event(LogEventKind.Diagnosis, this) with { Detail = LineScanner.Text(scanner.Rest) });
            return true;
        }

        return scanner.Rest.StartsWith("SESSION "u8) || scanner.Rest.StartsWith("COLLECTED "u8) || scanner.Rest.StartsWith("NOTE "u8) || line.Text.IndexOf("more ENDPOINT line"u8) >= 0;
    }

    /// <summary>"0 ended  pid=4121  RSS=399.7MB  killed by the kernel: its limit is 64 GB (...)".</summary>
    private bool Worker(LogLine line, LineScanner scanner, LogTally tally)
    {
        var started = scanner.Skip(" started"u8);
        if (!started && !scanner.Skip(" ended"u8))
            return false;
        var pid = scanner.SkipPast("pid="u8) && scanner.TryNumber(out var number) ? (int)number : (int?)null;
        long? bytes = scanner.SkipPast("RSS="u8) && scanner.TrySize(out var size) ? size : null;
        if (started && pid is { } born && _alive.Count < MostWorkers)
            _alive.Add(born);
        else if (!started && pid is { } gone)
            _alive.Remove(gone);
        var killed = scanner.SkipPast("killed by the kernel"u8);
        if (killed && scanner.SkipPast("its limit is "u8) && scanner.TrySize(out var limit))
            _limit = limit;
        var kind = started ? LogEventKind.Started : killed ? LogEventKind.Killed : LogEventKind.Ended;
        tally.Event(line.Event(kind, this) with
        {
            Pid = pid,
            Bytes = killed ? bytes : null,
            Limit = killed ? _limit : null,
            Cause = killed ? KillCause.OutOfMemory : default,
            Who = killed ? "worker" : null,
        });
        return true;
    }
}
