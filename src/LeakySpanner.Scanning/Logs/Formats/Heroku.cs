using System.Collections.Immutable;
using LeakySpanner.Scanning.Logs.Facts;
using LeakySpanner.Scanning.Logs.Reading;

namespace LeakySpanner.Scanning.Logs.Formats;

/// <summary>
/// Heroku's router and runtime: R14 (over its quota, and slow), R15 (killed for it), and log-runtime-metrics:
/// "source=web.1 dyno=... sample#memory_total=512.00MB sample#memory_quota=512.00MB".
/// </summary>
internal sealed class Heroku : LineFormat
{
    public override string Name => "heroku";

    public override ImmutableArray<string> Phrases { get; } =
    [
        "Error R14", "Error R15", "Process running mem=", "sample#memory_total=", "State changed from ", "Process exited with status ", "Stopping process with SIGKILL",
        "Starting process with command ", "sample#load_avg", "at=info method=",
    ];

    public override bool TryRead(LogLine line, LogTally tally)
    {
        var text = line.Text;
        var who = Dyno(text);
        var scanner = line.Scan();
        if (scanner.SkipPast("sample#memory_total="u8))
        {
            if (scanner.TrySize(out var total))
                tally.Sample("dyno " + (who ?? "?"), Name, line.At, total, scanner.SkipPast("sample#memory_quota="u8) && scanner.TrySize(out var quota) ? quota : null);
            return true;
        }

        scanner = line.Scan();
        if (scanner.SkipPast("Process running mem="u8))
        {
            if (scanner.TrySize(out var bytes))
                tally.Sample("dyno " + (who ?? "?"), Name, line.At, bytes);
            return true;
        }

        if (text.IndexOf("at=info method="u8) >= 0)
            return Router(line, tally);
        if (text.IndexOf("Error R14"u8) >= 0)
            tally.Event(line.Event(LogEventKind.MemoryExceeded, this) with { Who = who, Detail = "Heroku R14, memory quota exceeded" });
        else if (text.IndexOf("Error R15"u8) >= 0)
            tally.Event(line.Event(LogEventKind.Killed, this) with { Cause = KillCause.OutOfMemory, Who = who is null ? null : "dyno " + who });
        else if (text.IndexOf("Process exited with status 137"u8) >= 0)
            tally.Event(line.Event(LogEventKind.Killed, this) with { Who = who is null ? null : "dyno " + who });
        else if (text.IndexOf("State changed from starting to up"u8) >= 0)
            tally.Event(line.Event(LogEventKind.Started, this));
        return who is not null;
    }

    /// <summary>'at=info method=GET path="/items/17" ... status=200'.</summary>
    private static bool Router(LogLine line, LogTally tally)
    {
        var scanner = line.Scan();
        if (!scanner.SkipPast("method="u8))
            return false;
        var method = scanner.Word();
        if (!scanner.SkipPast("path=\""u8))
            return false;
        var path = scanner.Until((byte)'"');
        var status = scanner.SkipPast("status="u8) && scanner.TryNumber(out var code) ? (int)code : 0;
        tally.Request(method, path, status, line.At);
        return true;
    }

    /// <summary>"heroku[web.1]:" or "source=web.1".</summary>
    private static string? Dyno(ReadOnlySpan<byte> text)
    {
        var scanner = new LineScanner(text);
        if (scanner.SkipPast("source="u8))
            return LineScanner.Text(scanner.Word());
        scanner = new LineScanner(text);
        return scanner.SkipPast("heroku["u8) ? LineScanner.Text(scanner.Until((byte)']')) : null;
    }
}
