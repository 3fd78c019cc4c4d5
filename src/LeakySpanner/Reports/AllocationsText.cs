using System.Globalization;
using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.Reports;

/// <summary>Lines that allocated what is held.</summary>
public static class AllocationsText
{
    public static void Write(ReportWriter writer, ProcessFacts process, AllocationTable table)
    {
        writer.Line(Piece.Strong(process.Name), $" ({DiagnosisText.Identity(process)})   RSS {process.Rss}");
        DiagnosisText.WritePlace(writer, 0, process);
        if (table.IsTracing)
        {
            var sample = table.SampledShare < 1 ? $", estimated from {Phrase.Share(table.SampledShare)} of them" : "";
            writer.Line($"{Phrase.Plural(table.Count, "traced block")} of {Phrase.Bytes(table.Bytes)}{sample}");
        }

        if (!table.Sites.IsEmpty)
        {
            writer.Blank();
            TableText.Write(writer, 0, ["bytes", "share", "blocks", "allocated at"], [.. table.Sites.Select(site => new[]
            {
                Phrase.Bytes(site.Bytes), Phrase.Share(table.Bytes > 0 ? site.Bytes / (double)table.Bytes : 0), Phrase.Count(site.Count),
                string.Create(CultureInfo.InvariantCulture, $"{site.File}:{site.Line}"),
            })]);
        }

        if (table.Note is { } note)
        {
            writer.Blank();
            writer.Line(Piece.Faint("note: "), note);
        }
    }
}
