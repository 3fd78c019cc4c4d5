namespace LeakySpanner.CPython.Code;

/// <summary>How a version's code objects write down which instruction is of which line.</summary>
public enum LineTableForm : byte
{
    /// <summary>co_lnotab, to 3.9.</summary>
    Lnotab,

    /// <summary>co_linetable of 3.10.</summary>
    Ranges,

    /// <summary>co_linetable since 3.11.</summary>
    Locations,
}

/// <summary>Lines of instructions.</summary>
public static class LineTable
{
    /// <summary>Fills one line per code unit: 0 where the table does not tell, or ends early.</summary>
    public static void Decode(LineTableForm form, ReadOnlySpan<byte> table, int firstLine, Span<int> lines)
    {
        lines.Clear();
        switch (form)
        {
            case LineTableForm.Lnotab:
                LineNotes.Decode(table, firstLine, lines);
                break;
            case LineTableForm.Ranges:
                LineRanges.Decode(table, firstLine, lines);
                break;
            default:
                LocationTable.Decode(table, firstLine, lines);
                break;
        }
    }
}
