using System.Collections.Immutable;
using LeakySpanner.Scanning.Logs.Reading;

namespace LeakySpanner.Scanning.Logs.Formats;

/// <summary>Services that log their own memory: "rss=312.4MB", "RSS: 512 MiB", "memory usage: 300 MB", "rss_bytes=327575142".</summary>
internal sealed class MemoryInText : LineFormat
{
    private static readonly (string Phrase, long Unit)[] Keys =
    [
        ("rss=", 0), ("RSS=", 0), ("rss: ", 0), ("RSS: ", 0), ("rss_bytes=", 1), ("rss_kb=", 1L << 10), ("rss_mb=", 1L << 20), ("memory_mb=", 1L << 20),
        ("emory usage: ", 0), ("emory used: ", 0), ("mem_usage=", 0), ("memory_usage=", 0), ("VmRSS:\t", 0),
    ];

    private static readonly byte[][] KeyBytes = [.. Keys.Select(key => System.Text.Encoding.ASCII.GetBytes(key.Phrase))];

    public override string Name => "memory in messages";

    public override ImmutableArray<string> Phrases { get; } = [.. Keys.Select(key => key.Phrase)];

    public override bool TryRead(LogLine line, LogTally tally)
    {
        for (var i = 0; i < Keys.Length; i++)
        {
            var scanner = line.Scan();
            if (!scanner.SkipPast(KeyBytes[i]))
                continue;
            scanner.SkipSpaces();
            if (scanner.TrySize(out var bytes, Keys[i].Unit) && bytes >= 1 << 20)
            {
                tally.Sample(Subject(line), Name, line.At, bytes);
                return true;
            }
        }

        return false;
    }

    private static string Subject(LogLine line)
    {
        var scanner = line.Scan();
        if ((scanner.SkipPast("pid="u8) || scanner.SkipPast("pid: "u8)) && scanner.TryNumber(out var pid))
            return $"pid {pid}";
        return Path.GetFileName(line.Context.File);
    }
}
