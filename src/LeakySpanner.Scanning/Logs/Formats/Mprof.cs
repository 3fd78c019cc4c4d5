using System.Collections.Immutable;
using LeakySpanner.Scanning.Logs.Reading;

namespace LeakySpanner.Scanning.Logs.Formats;

/// <summary>`mprof run` of memory_profiler: "MEM 12.343750 1700000000.1234", "CHLD 1 ..." for children; MiB and Unix time.</summary>
internal sealed class Mprof : LineFormat
{
    public override string Name => "mprof";

    public override ImmutableArray<string> Phrases { get; } = ["CMDLINE ", "MEM ", "CHLD ", "FUNC "];

    public override bool TryRead(LogLine line, LogTally tally)
    {
        var scanner = line.Scan();
        if (scanner.Skip("CMDLINE "u8) || scanner.Skip("FUNC "u8))
            return true;
        var name = Path.GetFileName(line.Context.File);
        if (scanner.Skip("CHLD "u8))
            name = $"{name}, child {LineScanner.Text(scanner.Word())}";
        else if (!scanner.Skip("MEM "u8))
            return false;
        if (!scanner.TrySize(out var bytes, 1L << 20) || !new LineScanner(scanner.Rest.TrimStart((byte)' ')).TryDecimal(out var unix) || unix is < 1e8 or > 1e11)
            return false;
        tally.Sample(name, Name, new(DateTime.UnixEpoch.Ticks + (long)(unix * TimeSpan.TicksPerSecond)), bytes);
        return true;
    }
}
