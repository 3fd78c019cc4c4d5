namespace LeakySpanner.CPython.Code;

/// <summary>
/// co_lnotab of CPython to 3.9 (Objects/lnotab_notes.txt there): pairs of how many bytes of code and how many lines to go on by,
/// the second signed. Large steps take several pairs, of which one half is zero.
/// </summary>
internal static class LineNotes
{
    private const int BytesPerUnit = 2;

    public static void Decode(ReadOnlySpan<byte> table, int firstLine, Span<int> lines)
    {
        var line = firstLine;
        var offset = 0;
        var unit = 0;
        for (var at = 0; at + 1 < table.Length && unit < lines.Length; at += 2)
        {
            offset += table[at];
            var next = Math.Min(offset / BytesPerUnit, lines.Length);
            lines[unit..next].Fill(Math.Max(0, line));
            unit = next;
            line = unchecked(line + (sbyte)table[at + 1]);
        }

        lines[unit..].Fill(Math.Max(0, line));
    }
}
