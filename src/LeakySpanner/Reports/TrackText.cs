using LeakySpanner.Sessions;

namespace LeakySpanner.Reports;

/// <summary>One round of `track-objects`.</summary>
public static class TrackText
{
    public static void Write(ReportWriter writer, TrackRound round, int rows)
    {
        writer.Line(
            Piece.Strong($"round {round.Number}"),
            $", {Phrase.Duration(round.At)} after the first: RSS {round.Memory.Rss} ({Phrase.Change(round.MemoryChange.Bytes)})");
        if (round.Types.IsEmpty && round.Containers.IsEmpty)
            writer.Line("   nothing has grown");
        if (!round.Types.IsEmpty)
        {
            TableText.Write(writer, 3, ["objects", "since start", "last round", "bytes since start", "type"], [.. round.Types.Take(rows).Select(type =>
                new[]
                {
                    Phrase.Count(type.Count), Phrase.CountChange(type.CountChange), Phrase.CountChange(type.LastCountChange),
                    Phrase.Change(type.BytesChange), type.Name,
                })]);
        }

        if (!round.Containers.IsEmpty)
        {
            TableText.Write(writer, 3, ["entries", "since start", "last round", "container"], [.. round.Containers.Take(rows).Select(container =>
                new[]
                {
                    Phrase.Count(container.Length), Phrase.CountChange(container.Change), Phrase.CountChange(container.LastChange),
                    $"{container.Type} at {container.Address}",
                })]);
        }

        writer.Blank();
    }
}
