using System.Buffers.Binary;
using System.Text;
using LeakySpanner.CPython.Layouts;
using LeakySpanner.Model;
using LeakySpanner.Target.Memory;

namespace LeakySpanner.CPython.Types;

/// <summary>Reads str objects and C strings. For names of the program only; values of its data are secrets.</summary>
public static class PythonText
{
    /// <summary>The text of a compact str of at most so many characters; false where it is no such str.</summary>
    public static bool TryRead(ITargetMemory memory, TextLayout layout, Address text, int longest, out string value)
    {
        value = "";
        Span<byte> header = stackalloc byte[40];
        if (layout.AsciiSize > 128 || !memory.TryRead(text, header))
            return false;
        var length = BinaryPrimitives.ReadUInt64LittleEndian(header[layout.Length..]);
        var state = BinaryPrimitives.ReadUInt32LittleEndian(header[layout.State..]);
        var kind = (int)(state >> layout.KindShift) & 7;
        if (length > (ulong)longest || kind is not (1 or 2 or 4) || (state >> layout.CompactShift & 1) == 0)
            return false;
        var ascii = (state >> layout.AsciiShift & 1) != 0;
        var bytes = new byte[(int)length * kind];
        if (!memory.TryRead(text + (ascii ? layout.AsciiSize : layout.CompactSize), bytes))
            return false;
        value = kind switch { 1 => Encoding.Latin1.GetString(bytes), 2 => Encoding.Unicode.GetString(bytes), _ => Encoding.UTF32.GetString(bytes) };
        return true;
    }

    /// <summary>A C string of printable ASCII or UTF-8, 1 to so many bytes; false where there is none.</summary>
    public static bool TryReadC(ITargetMemory memory, Address text, int longest, out string value)
    {
        value = "";
        Span<byte> bytes = stackalloc byte[Math.Min(longest, 512) + 1];
        // Names may stand at the end of the last mapped page: halve until a read succeeds.
        var length = bytes.Length;
        while (length >= 2 && !memory.TryRead(text, bytes[..length]))
            length /= 2;
        if (length < 2)
            return false;
        var end = bytes[..length].IndexOf((byte)0);
        if (end <= 0)
            return false;
        foreach (var b in bytes[..end])
        {
            if (b is < 0x20 or 0x7f)
                return false;
        }
        try
        {
            value = StrictUtf8.GetString(bytes[..end]);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);
}
