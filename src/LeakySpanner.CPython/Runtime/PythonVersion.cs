using System.Globalization;
using System.Text.RegularExpressions;

namespace LeakySpanner.CPython.Runtime;

/// <summary>PY_VERSION_HEX taken apart (Include/patchlevel.h), or the two numbers that an image's name tells.</summary>
/// <param name="Feature">3.11.</param>
/// <param name="Text">"3.11.2", "3.12.0rc1"; "3.9" where only the name was known.</param>
public sealed partial record PythonVersion(Version Feature, string Text)
{
    /// <summary>Whether the patch release is known.</summary>
    public bool IsExact => Text.AsSpan().Count('.') > 1;

    public static PythonVersion? FromHex(ulong hex)
    {
        var (major, minor, micro) = ((int)(hex >> 24) & 0xff, (int)(hex >> 16) & 0xff, (int)(hex >> 8) & 0xff);
        if (hex > uint.MaxValue || major is < 2 or > 9)
            return null;
        var level = ((hex >> 4) & 0xf) switch { 0xA => "a", 0xB => "b", 0xC => "rc", _ => "" };
        var serial = level.Length == 0 ? "" : (hex & 0xf).ToString(CultureInfo.InvariantCulture);
        return new PythonVersion(new Version(major, minor), string.Create(CultureInfo.InvariantCulture, $"{major}.{minor}.{micro}{level}{serial}"));
    }

    /// <summary>From "/usr/bin/python3.9", "libpython3.7m.so.1.0", "/usr/lib/python3.10/...".</summary>
    public static PythonVersion? FromPath(string path)
    {
        var match = VersionInPath().Match(path);
        if (!match.Success
            || !int.TryParse(match.Groups["major"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var major)
            || !int.TryParse(match.Groups["minor"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var minor))
            return null;
        return new PythonVersion(new Version(major, minor), string.Create(CultureInfo.InvariantCulture, $"{major}.{minor}"));
    }

    /// <summary>The build's letter after the version in an image's name: 't' free-threaded, 'd' debug.</summary>
    public static bool HasBuildLetter(string image, char letter) =>
        VersionInPath().Match(image) is { Success: true } match && match.Groups["letters"].Value.Contains(letter, StringComparison.Ordinal);

    [GeneratedRegex(@"python(?<major>\d)\.(?<minor>\d{1,2})(?<letters>[tdmu]*)", RegexOptions.CultureInvariant | RegexOptions.RightToLeft)]
    private static partial Regex VersionInPath();
}
