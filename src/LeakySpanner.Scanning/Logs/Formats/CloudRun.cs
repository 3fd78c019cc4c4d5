using System.Collections.Immutable;
using LeakySpanner.Scanning.Logs.Facts;
using LeakySpanner.Scanning.Logs.Reading;

namespace LeakySpanner.Scanning.Logs.Formats;

/// <summary>
/// Google Cloud Run: "Memory limit of 512 MiB exceeded with 525 MiB used." as one line, as a line of JSON, or in the many lines of
/// `gcloud logging read`, where the time comes after the text.
/// </summary>
internal sealed class CloudRun : LineFormat
{
    private const int LinesBetween = 12;

    private LogEvent? _waiting;
    private long _left;

    public override string Name => "cloud run";

    public override ImmutableArray<string> Phrases { get; } =
        ["Memory limit of ", "Memory Limit Exceeded", "using too much memory and was terminated", "\"timestamp\": \"", "timestamp: '"];

    public override bool TryRead(LogLine line, LogTally tally)
    {
        var scanner = line.Scan();
        if (scanner.SkipPast("timestamp"u8) && (scanner.Skip("\": \""u8) || scanner.Skip(": '"u8)))
            return Timestamp(line, scanner, tally);

        scanner = line.Scan();
        var kill = line.Event(LogEventKind.Killed, this) with { Cause = KillCause.OutOfMemory, Who = "cloud run instance" };
        if (scanner.SkipPast("Memory limit of "u8))
        {
            if (!scanner.TrySize(out var limit))
                return false;
            kill = kill with { Limit = limit };
            scanner.SkipPast("with "u8);
            if (scanner.TrySize(out var used))
                kill = kill with { Bytes = used };
        }

        End(tally);
        if (line.HasTime)
            tally.Event(kill);
        else
            (_waiting, _left) = (kill with { At = LogTime.Unknown }, LinesBetween);
        return true;
    }

    public override void End(LogTally tally)
    {
        if (_waiting is { } kill)
            tally.Event(kill);
        _waiting = null;
    }

    private bool Timestamp(LogLine line, LineScanner scanner, LogTally tally)
    {
        if (_waiting is not { } kill || _left-- <= 0)
            return _waiting is null;
        tally.Event(kill with { At = line.Context.Clock.Read(scanner.Rest, out _) });
        _waiting = null;
        return true;
    }
}
