using LeakySpanner.CPython.Layouts;

namespace LeakySpanner.CPython.Objects;

/// <summary>How a str is stored: PyASCIIObject's length and state.</summary>
/// <param name="Length">Characters.</param>
/// <param name="CharacterSize">1, 2 or 4 bytes.</param>
internal readonly record struct TextHeader(long Length, int CharacterSize, bool IsInterned, bool IsCompact, bool IsAscii)
{
    /// <summary>With the terminating null character.</summary>
    public long DataBytes => (Length + 1) * CharacterSize;

    public bool IsSound => Length is >= 0 and < 1L << 40 && CharacterSize is 1 or 2 or 4 && (!IsAscii || CharacterSize == 1);

    public static TextHeader Read(in ObjectView view, TextLayout layout)
    {
        var state = view.Int32(layout.State);
        return new TextHeader(
            view.Int64(layout.Length), (state >> layout.KindShift) & 7, ((state >> layout.InternedShift) & 3) != 0,
            ((state >> layout.CompactShift) & 1) != 0, ((state >> layout.AsciiShift) & 1) != 0);
    }
}
