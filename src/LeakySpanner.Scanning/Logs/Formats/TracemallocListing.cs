using System.Collections.Immutable;
using LeakySpanner.Scanning.Logs.Reading;

namespace LeakySpanner.Scanning.Logs.Formats;

/// <summary>
/// Statistics of tracemalloc as they print themselves, alone or in a JSON list:
/// "/app/cache.py:42: size=42.5 MiB (+12.0 MiB), count=1240 (+300), average=35 KiB".
/// </summary>
internal sealed class TracemallocListing : LineFormat
{
    public override string Name => "tracemalloc";

    public override ImmutableArray<string> Phrases { get; } = [": size="];

    public override bool TryRead(LogLine line, LogTally tally)
    {
        var at = line.Text.IndexOf(": size="u8);
        var scanner = new LineScanner(line.Text[(at + 7)..]);
        if (!scanner.TrySize(out var bytes) || !scanner.SkipPast("count="u8) || !scanner.TryNumber(out var count))
            return false;
        var site = line.Text[..at].TrimStart(" \t\"#0123456789:"u8);
        site = site[(site.LastIndexOf((byte)'"') + 1)..];
        if (site.LastIndexOf((byte)':') <= 0)
            return false;
        tally.Allocation(LineScanner.Text(site), bytes, count);
        return true;
    }
}
