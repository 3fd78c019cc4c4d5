using System.Collections.Immutable;
using LeakySpanner.Scanning.Logs.Facts;
using LeakySpanner.Scanning.Logs.Reading;

namespace LeakySpanner.Scanning.Logs.Formats;

/// <summary>
/// AWS Lambda: "REPORT RequestId: ... Memory Size: 128 MB Max Memory Used: 90 MB". What is used is the most since the execution
/// environment started, so that it only falls where a new one begins.
/// </summary>
internal sealed class Lambda : LineFormat
{
    public override string Name => "lambda";

    public override ImmutableArray<string> Phrases { get; } =
        ["Max Memory Used: ", "Runtime exited with error: signal: killed", "Runtime.OutOfMemory", "START RequestId: ", "END RequestId: ", "INIT_START Runtime Version"];

    public override bool TryRead(LogLine line, LogTally tally)
    {
        var scanner = line.Scan();
        if (scanner.SkipPast("Memory Size: "u8))
        {
            if (scanner.TrySize(out var size) && scanner.SkipPast("Max Memory Used: "u8) && scanner.TrySize(out var used))
                tally.Sample("function", Name, line.At, used, size);
            return true;
        }

        if (line.Text.IndexOf("signal: killed"u8) >= 0 || line.Text.IndexOf("OutOfMemory"u8) >= 0)
            tally.Event(line.Event(LogEventKind.Killed, this) with { Cause = line.Text.IndexOf("OutOfMemory"u8) >= 0 ? KillCause.OutOfMemory : KillCause.Signal, Who = "lambda function" });
        else if (line.Text.IndexOf("INIT_START"u8) >= 0)
            tally.Event(line.Event(LogEventKind.Started, this));
        return true;
    }
}
