using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.Reports;

/// <summary>One census: what types there are, and which containers are the longest.</summary>
public static class CensusText
{
    public static void Write(ReportWriter writer, ProcessFacts process, HeapCensus census, int rows)
    {
        writer.Line(Piece.Strong(process.Name), $" ({DiagnosisText.Identity(process)})   RSS {process.Rss}");
        DiagnosisText.WritePlace(writer, 0, process);
        writer.Line(
            $"{Phrase.Plural(census.Coverage.ObjectsSeen, "object")} in {Phrase.Bytes(census.LiveBytes)}; arenas {Phrase.Bytes(census.ArenaBytes)}, "
            + $"of which {Phrase.Bytes(Math.Max(0, census.ArenaBytes - census.LiveBytes))} free");
        if (census.Collector is { } collector)
            writer.Line(Collector(collector));
        writer.Blank();
        TableText.Write(writer, 0, ["count", "bytes", "type"], [.. census.Types.Take(rows).Select(type =>
            new[] { Phrase.Count(type.Count), Phrase.Bytes(type.Bytes), type.Name })]);
        if (census.Types.Length > rows)
            writer.Line(Piece.Faint($"and {Phrase.Plural(census.Types.Length - rows, "other type")}; --rows shows more"));
        if (!census.Containers.IsEmpty)
        {
            writer.Blank();
            TableText.Write(writer, 0, ["entries", "address", "container"], [.. census.Containers.Take(rows).Select(container =>
                new[] { Phrase.Count(container.Length), container.Address.ToString(), container.Type })]);
        }

        writer.Blank();
        writer.Line(Piece.Faint("what was seen: "), CoverageText.Of(census.Coverage));
    }

    private static string Collector(CollectorState collector) =>
        $"garbage collector {(collector.Enabled ? "on" : "OFF")}, thresholds {string.Join(", ", collector.Thresholds)}, "
        + $"collections {string.Join(", ", collector.Collections)}";
}
