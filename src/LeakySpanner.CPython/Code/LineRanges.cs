namespace LeakySpanner.CPython.Code;

/// <summary>
/// co_linetable of CPython 3.10 (Objects/lnotab_notes.txt there): pairs of how many bytes of code a range has, and by how many lines it
/// stands after the range before, signed; -128 says that the range has no line.
/// </summary>
internal static class LineRanges
{
    private const int BytesPerUnit = 2;
    private const sbyte NoLine = sbyte.MinValue;

    public static void Decode(ReadOnlySpan<byte> table, int firstLine, Span<int> lines)
    {
        var line = firstLine;
        var unit = 0;
        for (var at = 0; at + 1 < table.Length && unit < lines.Length; at += 2)
        {
            var step = (sbyte)table[at + 1];
            var units = Math.Min(table[at] / BytesPerUnit, lines.Length - unit);
            if (step != NoLine)
            {
                line = unchecked(line + step);
                lines.Slice(unit, units).Fill(Math.Max(0, line));
            }

            unit += units;
        }
    }
}
