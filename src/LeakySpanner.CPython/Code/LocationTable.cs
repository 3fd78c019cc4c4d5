namespace LeakySpanner.CPython.Code;

/// <summary>
/// The location table of CPython 3.11 and later (Objects/locations.md there): runs of code units, each with a line as a
/// difference from the one before. Columns are passed over.
/// </summary>
internal static class LocationTable
{
    /// <summary>Entry kinds, in bits 3 to 6 of an entry's first byte. Smaller ones keep the line.</summary>
    private const int OneLine0 = 10;
    private const int NoColumns = 13;
    private const int Long = 14;
    private const int NoLocation = 15;

    /// <summary>Fills one line per code unit: 0 where the table does not tell, or ends early.</summary>
    public static void Decode(ReadOnlySpan<byte> table, int firstLine, Span<int> lines)
    {
        var at = 0;
        var unit = 0;
        var line = firstLine;
        while (at < table.Length && unit < lines.Length)
        {
            var first = table[at++];
            if ((first & 0x80) == 0)
                return;
            var kind = (first >> 3) & 15;
            var units = Math.Min((first & 7) + 1, lines.Length - unit);
            switch (kind)
            {
                case NoLocation:
                    break;
                case Long:
                    line = unchecked(line + ReadSigned(table, ref at));
                    ReadUnsigned(table, ref at);
                    ReadUnsigned(table, ref at);
                    ReadUnsigned(table, ref at);
                    break;
                case NoColumns:
                    line = unchecked(line + ReadSigned(table, ref at));
                    break;
                case >= OneLine0:
                    line = unchecked(line + kind - OneLine0);
                    at += 2;
                    break;
                default:
                    at += 1;
                    break;
            }

            if (kind != NoLocation)
                lines.Slice(unit, units).Fill(Math.Max(0, line));
            unit += units;
        }
    }

    /// <summary>Six bits per byte, the lowest first; bit 6 says that another follows.</summary>
    private static uint ReadUnsigned(ReadOnlySpan<byte> table, ref int at)
    {
        uint value = 0;
        for (var shift = 0; at < table.Length; shift += 6)
        {
            var part = table[at++];
            if (shift < 32)
                value |= (uint)(part & 63) << shift;
            if ((part & 64) == 0)
                break;
        }

        return value;
    }

    /// <summary>The sign is the lowest bit.</summary>
    private static int ReadSigned(ReadOnlySpan<byte> table, ref int at)
    {
        var value = ReadUnsigned(table, ref at);
        return (value & 1) == 0 ? (int)(value >> 1) : -(int)(value >> 1);
    }
}
