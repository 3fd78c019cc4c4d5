using System.Collections.Immutable;
using LeakySpanner.Scanning.Logs.Facts;
using LeakySpanner.Scanning.Logs.Reading;

namespace LeakySpanner.Scanning.Logs.Formats;

/// <summary>`psrecord --log`: seconds since its start, processor in percent, resident and virtual memory in MB.</summary>
internal sealed class Psrecord : LineFormat
{
    public override string Name => "psrecord";

    public override ImmutableArray<string> Phrases { get; } = ["# Elapsed time"];

    public override bool TryRead(LogLine line, LogTally tally)
    {
        line.Context.Table = this;
        return true;
    }

    public override bool TryRow(LogLine line, LogTally tally)
    {
        var scanner = line.Scan().SkipSpaces();
        if (scanner.IsAtEnd)
            return true;
        if (!new LineScanner(scanner.Word()).TryDecimal(out var seconds) || seconds is < 0 or > 1e9 || !new LineScanner(scanner.Word()).TryDecimal(out _)
            || !new LineScanner(scanner.Word()).TrySize(out var bytes, 1L << 20))
        {
            return false;
        }

        tally.HasTimeOfDay = false;
        tally.Sample(Path.GetFileName(line.Context.File), Name, LogTime.Since(TimeSpan.FromSeconds(seconds)), bytes);
        return true;
    }
}
