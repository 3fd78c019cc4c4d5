namespace LeakySpanner.Scanning.Logs.Requests;

/// <summary>One piece of a path, between slashes.</summary>
internal static class PathSegment
{
    /// <summary>Longer pieces are data, not names of routes.</summary>
    public const int LongestName = 40;

    /// <summary>Whether it is data by its looks: a number, a date, a UUID, a token, something encoded, or a template's parameter.</summary>
    public static bool IsParameter(ReadOnlySpan<byte> segment)
    {
        if (segment.Length > LongestName)
            return true;
        if (segment.Length > 0 && segment[0] is (byte)'{' or (byte)'<')
            return true;
        int digits = 0, hex = 0;
        foreach (var character in segment)
        {
            if (character == '%' || character >= 0x80)
                return true;
            if (char.IsAsciiDigit((char)character))
                digits++;
            else if (char.IsAsciiHexDigit((char)character) || character == '-')
                hex++;
        }

        return digits > 0 && (2 * digits >= segment.Length && !IsVersion(segment) || (digits + hex == segment.Length && segment.Length >= 8) || (digits >= 4 && segment.Length >= 16));
    }

    /// <summary>"v1", "v2beta1", "s3": names of routes in spite of the digit.</summary>
    private static bool IsVersion(ReadOnlySpan<byte> segment) => segment.Length <= 3 && char.IsAsciiLetter((char)segment[0]);

    /// <summary>FNV-1a, 64 bits: pieces are short.</summary>
    public static ulong Hash(ReadOnlySpan<byte> segment)
    {
        var hash = 14695981039346656037UL;
        foreach (var character in segment)
            hash = (hash ^ character) * 1099511628211UL;
        return hash;
    }
}
