using System.Collections.Immutable;
using LeakySpanner.Scanning.Logs.Reading;

namespace LeakySpanner.Scanning.Logs.Formats;

/// <summary>
/// `vmstat`, best with -t: what all processes took since the first line, as what is neither free nor buffers nor cache and what is
/// swapped out. Of the whole machine, so that it names no process. In KiB unless -S said otherwise.
/// </summary>
internal sealed class Vmstat : LineFormat
{
    private const int MostColumns = 32;

    private readonly int[] _columns = [-1, -1, -1, -1];
    private readonly RoundClock _rounds = new();
    private long? _free;

    public override string Name => "vmstat";

    public override ImmutableArray<string> Phrases { get; } = ["-memory-", " swpd "];

    public override bool TryRead(LogLine line, LogTally tally)
    {
        line.Context.Table = this;
        if (line.Text.IndexOf(" swpd "u8) < 0)
            return true;
        var scanner = line.Scan().SkipSpaces();
        for (var column = 0; column < MostColumns && !scanner.IsAtEnd; column++)
        {
            var word = scanner.Word();
            var index = word.SequenceEqual("swpd"u8) ? 0 : word.SequenceEqual("free"u8) ? 1 : word.SequenceEqual("buff"u8) ? 2 : word.SequenceEqual("cache"u8) ? 3 : -1;
            if (index >= 0)
                _columns[index] = column;
        }

        return true;
    }

    public override bool TryRow(LogLine line, LogTally tally)
    {
        if (line.Text.IndexOf(" swpd "u8) >= 0 || line.Text.IndexOf("-memory-"u8) >= 0)
            return false;
        Span<long> values = stackalloc long[4];
        var scanner = line.Scan().SkipSpaces();
        for (var column = 0; column < MostColumns && !scanner.IsAtEnd; column++)
        {
            if (column > _columns.Max() && scanner.Rest.Length >= 10 && scanner.Rest[4] == '-' && line.Context.Clock.Read(scanner.Rest, out _) is { IsKnown: true } time)
            {
                line.Context.Now = time;
                break;
            }

            var index = Array.IndexOf(_columns, column);
            var word = new LineScanner(scanner.Word());
            if (index >= 0 && (!word.TryNumber(out values[index]) || values[index] < 0 || values[index] > 1L << 40))
                return false;
        }

        if (_columns[1] < 0)
            return false;
        var free = (values[1] + values[2] + values[3] - values[0]) * 1024;
        _free ??= free;
        tally.Sample("machine (taken since the first line)", Name, _rounds.At(line.Context, line.Context.Now, ""), _free.Value - free);
        return true;
    }
}
