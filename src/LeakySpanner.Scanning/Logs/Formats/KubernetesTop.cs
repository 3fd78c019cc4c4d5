using System.Collections.Immutable;
using LeakySpanner.Scanning.Logs.Reading;

namespace LeakySpanner.Scanning.Logs.Formats;

/// <summary>`kubectl top pod`: "NAME   CPU(cores)   MEMORY(bytes)", once or again and again.</summary>
internal sealed class KubernetesTop : LineFormat
{
    private readonly RoundClock _rounds = new();

    public override string Name => "kubectl top";

    public override ImmutableArray<string> Phrases { get; } = ["MEMORY(bytes)"];

    public override bool TryRead(LogLine line, LogTally tally)
    {
        line.Context.Table = this;
        return true;
    }

    public override bool TryRow(LogLine line, LogTally tally)
    {
        var scanner = line.Scan().SkipSpaces();
        var name = LineScanner.Text(scanner.Word());
        while (!scanner.IsAtEnd)
        {
            var word = scanner.Word();
            if (word.EndsWith("i"u8) && new LineScanner(word).TrySize(out var bytes))
            {
                tally.Sample("pod " + name, Name, _rounds.At(line.Context, line.At, name), bytes);
                return true;
            }
        }

        return name.Length == 0;
    }
}
