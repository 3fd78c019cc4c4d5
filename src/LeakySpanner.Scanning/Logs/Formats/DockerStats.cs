using System.Collections.Immutable;
using LeakySpanner.Scanning.Logs.Reading;

namespace LeakySpanner.Scanning.Logs.Formats;

/// <summary>`docker stats`, as a table or as JSON lines: "1f2e   web   0.50%   150MiB / 1GiB   14.65% ...".</summary>
internal sealed class DockerStats : LineFormat
{
    private readonly RoundClock _rounds = new();
    private bool _hasName;

    public override string Name => "docker stats";

    public override ImmutableArray<string> Phrases { get; } = ["MEM USAGE / LIMIT"];

    public override bool TryRead(LogLine line, LogTally tally)
    {
        _hasName = line.Text.IndexOf("CONTAINER ID"u8) >= 0 && line.Text.IndexOf("NAME"u8) >= 0;
        line.Context.Table = this;
        return true;
    }

    public override bool TryRow(LogLine line, LogTally tally)
    {
        var slash = line.Text.IndexOf(" / "u8);
        if (slash < 0)
            return line.Text.IsEmpty;
        var scanner = line.Scan().SkipSpaces();
        var name = scanner.Word();
        name = _hasName ? scanner.Word() : name;
        var usage = line.Text[..slash];
        return Sample(line, tally, LineScanner.Text(name), usage[(usage.LastIndexOf((byte)' ') + 1)..], line.Text[(slash + 3)..]);
    }

    public bool TryReadJson(LogLine line, JsonFields json, LogTally tally)
    {
        if (!json.TryText("MemUsage"u8, out var usage) || usage.IndexOf(" / "u8) is not (> 0 and var slash))
            return false;
        var name = json.TryText("Name"u8, out var text) || json.TryText("Container"u8, out text) ? LineScanner.Text(text) : "container";
        return Sample(line, tally, name, usage[..slash], usage[(slash + 3)..]);
    }

    private bool Sample(LogLine line, LogTally tally, string name, ReadOnlySpan<byte> usage, ReadOnlySpan<byte> limit)
    {
        if (!new LineScanner(usage).TrySize(out var bytes))
            return false;

        // A stopped container shows zeroes.
        if (bytes > 0)
            tally.Sample("container " + name, Name, _rounds.At(line.Context, line.At, name), bytes, new LineScanner(limit).TrySize(out var most) && most > 0 ? most : null);
        return true;
    }
}
