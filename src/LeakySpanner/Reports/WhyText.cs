using LeakySpanner.Sessions;

namespace LeakySpanner.Reports;

/// <summary>What `why` prints.</summary>
public static class WhyText
{
    private const int LabelWidth = 16;

    public static void Write(ReportWriter writer, WhyAnswer answer)
    {
        if (answer.Matches > answer.Objects.Length)
            writer.Line(Piece.Faint($"{Phrase.Count(answer.Matches)} objects are meant by {answer.Asked}; these hold the most:"));
        for (var i = 0; i < answer.Objects.Length; i++)
        {
            if (i > 0 || answer.Matches > answer.Objects.Length)
                writer.Blank();
            Write(writer, answer.Objects[i]);
        }
    }

    private static void Write(ReportWriter writer, KeptObject found)
    {
        writer.Line(
            Piece.Strong(found.Name ?? found.Type), $"   {found.Type} at {found.Address}",
            $"   holds {Phrase.Bytes(found.RetainedBytes)}, {Phrase.Bytes(found.ShallowBytes)} of it itself");
        if (found.Path.IsEmpty)
            writer.Field(3, LabelWidth, "kept alive by", "nothing that was seen: no root leads to it (garbage, or a reference in native memory)");
        else
            writer.Field(3, LabelWidth, "kept alive by", string.Join(" > ", found.Path));
        for (var i = 0; i < found.HeldBy.Length; i++)
            writer.Field(3, LabelWidth, i == 0 ? "referred to by" : "", found.HeldBy[i]);
        if (found.Holders > found.HeldBy.Length)
            writer.Field(3, LabelWidth, "", $"and {Phrase.Count(found.Holders - found.HeldBy.Length)} more");
    }
}
