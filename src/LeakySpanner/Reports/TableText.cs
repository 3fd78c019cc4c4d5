namespace LeakySpanner.Reports;

/// <summary>Columns of numbers, right-aligned, and a last column of text.</summary>
internal static class TableText
{
    private const int Gap = 3;
    private const char Glue = '\u00a0';

    public static void Write(ReportWriter writer, int indent, string[] headings, IReadOnlyList<string[]> rows)
    {
        var widths = new int[headings.Length];
        for (var column = 0; column < headings.Length; column++)
            widths[column] = Math.Max(headings[column].Length, rows.Count == 0 ? 0 : rows.Max(row => row[column].Length));
        writer.Line(indent, indent, Piece.Faint(Join(headings, widths)));
        foreach (var row in rows)
            writer.Line(indent, indent, Join(row, widths));
    }

    private static string Join(string[] cells, int[] widths)
    {
        var last = cells.Length - 1;
        var numbers = cells.Take(last).Select((cell, column) => cell.PadLeft(widths[column]) + new string(' ', Gap));
        return (string.Concat(numbers) + cells[last]).Replace(' ', Glue);
    }
}
