using System.Collections.Immutable;
using LeakySpanner.Scanning.Logs.Facts;
using LeakySpanner.Scanning.Logs.Reading;

namespace LeakySpanner.Scanning.Logs.Formats;

/// <summary>`docker events`: "2026-03-01T14:32:05.123456789Z container oom 1f2e... (image=shop, name=web)", or one JSON object a line.</summary>
internal sealed class DockerEvents : LineFormat
{
    private const int KilledBySignal9 = 137;

    public override string Name => "docker events";

    public override ImmutableArray<string> Phrases { get; } =
        ["container oom ", "container die ", "container start ", "container kill ", "container stop ", "container restart ", "container create ", "container destroy "];

    public override bool TryRead(LogLine line, LogTally tally)
    {
        var scanner = line.Scan();
        if (!scanner.SkipPast("container "u8))
            return false;
        var action = scanner.Word();
        var id = scanner.Word();
        if (id.Length < 12 || !scanner.Skip("("u8))
            return false;
        var details = scanner.Rest;
        Tell(line, tally, action, After(details, "name="u8) is { Length: > 0 } name ? name : LineScanner.Text(id[..12]), ExitCode(details));
        return true;
    }

    public bool TryReadJson(LogLine line, JsonFields json, LogTally tally)
    {
        if (!(json.TryText("Action"u8, out var action) || json.TryText("status"u8, out action)) || !json.TryText("Type"u8, out var type) || !type.SequenceEqual("container"u8))
            return false;
        var who = json.TryText("name"u8, out var name) ? LineScanner.Text(name) : json.TryText("id"u8, out var id) ? LineScanner.Text(id[..Math.Min(12, id.Length)]) : "container";
        var code = json.TryText("exitCode"u8, out var text) && new LineScanner(text).TryNumber(out var number) ? (int)number : (int?)null;
        Tell(line, tally, action, who, code);
        return true;
    }

    private void Tell(LogLine line, LogTally tally, ReadOnlySpan<byte> action, string who, int? exitCode)
    {
        who = "container " + who;
        if (action.SequenceEqual("oom"u8))
            tally.Event(line.Event(LogEventKind.Killed, this) with { Cause = KillCause.OutOfMemory, Who = who });
        else if (action.SequenceEqual("die"u8))
            tally.Event(line.Event(exitCode == KilledBySignal9 ? LogEventKind.Killed : LogEventKind.Ended, this) with { Who = who });
        else if (action.SequenceEqual("start"u8))
            tally.Event(line.Event(LogEventKind.Started, this) with { Who = who });
    }

    private static int? ExitCode(ReadOnlySpan<byte> details) =>
        After(details, "exitCode="u8) is { } text && int.TryParse(text, out var code) ? code : null;

    private static string? After(ReadOnlySpan<byte> details, ReadOnlySpan<byte> key)
    {
        var scanner = new LineScanner(details);
        if (!scanner.SkipPast(key))
            return null;
        var end = scanner.Rest.IndexOfAny((byte)',', (byte)')');
        return LineScanner.Text(end < 0 ? scanner.Rest : scanner.Rest[..end]);
    }
}
