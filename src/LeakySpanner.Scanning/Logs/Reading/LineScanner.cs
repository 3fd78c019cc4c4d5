using System.Buffers.Text;
using System.Text;

namespace LeakySpanner.Scanning.Logs.Reading;

/// <summary>Goes through a line from left to right. Every step says whether it succeeded; none goes beyond the end.</summary>
internal ref struct LineScanner(ReadOnlySpan<byte> text)
{
    private const int LongestText = 200;

    public ReadOnlySpan<byte> Rest { get; private set; } = text;

    public readonly bool IsAtEnd => Rest.IsEmpty;

    /// <summary>Goes behind the next occurrence of a phrase, or stays.</summary>
    public bool SkipPast(ReadOnlySpan<byte> phrase)
    {
        var index = Rest.IndexOf(phrase);
        if (index < 0)
            return false;
        Rest = Rest[(index + phrase.Length)..];
        return true;
    }

    public bool Skip(ReadOnlySpan<byte> phrase)
    {
        if (!Rest.StartsWith(phrase))
            return false;
        Rest = Rest[phrase.Length..];
        return true;
    }

    public LineScanner SkipSpaces()
    {
        Rest = Rest.TrimStart(" \t"u8);
        return this;
    }

    /// <summary>Up to the next space, which is skipped with those that follow it.</summary>
    public ReadOnlySpan<byte> Word()
    {
        var end = Rest.IndexOfAny((byte)' ', (byte)'\t');
        var word = end < 0 ? Rest : Rest[..end];
        Rest = Rest[word.Length..];
        SkipSpaces();
        return word;
    }

    /// <summary>Up to a byte, which is skipped; all of the rest where it does not come.</summary>
    public ReadOnlySpan<byte> Until(byte end)
    {
        var index = Rest.IndexOf(end);
        var part = index < 0 ? Rest : Rest[..index];
        Rest = Rest[Math.Min(part.Length + 1, Rest.Length)..];
        return part;
    }

    public bool TryNumber(out long number)
    {
        if (!Utf8Parser.TryParse(Rest, out number, out var consumed))
            return false;
        Rest = Rest[consumed..];
        return true;
    }

    public bool TryDecimal(out double number)
    {
        if (!Utf8Parser.TryParse(Rest, out number, out var consumed) || !double.IsFinite(number))
            return false;
        Rest = Rest[consumed..];
        return true;
    }

    /// <summary>"312.4MB", "512 MiB", "391292kB", "1.5Gi", "2,048 KB" is not: a number and a unit of 1,024 as logs write them.</summary>
    /// <param name="bytes">Never negative.</param>
    /// <param name="unit">Bytes that a bare number counts, or 0 where a unit must be there.</param>
    public bool TrySize(out long bytes, long unit = 0)
    {
        bytes = 0;
        var before = Rest;
        if (!TryDecimal(out var number) || number < 0)
        {
            Rest = before;
            return false;
        }

        var behind = Rest.TrimStart((byte)' ');
        var (factor, length) = UnitOf(behind);
        if (factor == 0 && unit == 0)
        {
            Rest = before;
            return false;
        }

        if (factor != 0)
            Rest = behind[length..];
        var size = number * (factor == 0 ? unit : factor);
        bytes = size < long.MaxValue / 2 ? (long)size : long.MaxValue / 2;
        return true;
    }

    public static string Text(ReadOnlySpan<byte> bytes) =>
        Encoding.UTF8.GetString(bytes.Length > LongestText ? bytes[..LongestText] : bytes).Trim();

    private static (long Factor, int Length) UnitOf(ReadOnlySpan<byte> text)
    {
        var letters = 0;
        while (letters < text.Length && letters < 4 && char.IsAsciiLetter((char)text[letters]))
            letters++;
        if (letters is 0 or > 3)
            return letters == 0 ? default : text.StartsWith("byte"u8) ? (1, text.StartsWith("bytes"u8) ? 5 : 4) : default;
        var rest = text[1..letters];
        if (rest.Length > 0 && !rest.SequenceEqual("B"u8) && !rest.SequenceEqual("iB"u8) && !rest.SequenceEqual("i"u8) && !rest.SequenceEqual("b"u8))
            return default;
        return (char.ToUpperInvariant((char)text[0])) switch
        {
            'B' when letters == 1 => (1, 1),
            'K' => (1L << 10, letters),
            'M' => (1L << 20, letters),
            'G' => (1L << 30, letters),
            'T' => (1L << 40, letters),
            _ => default,
        };
    }
}
