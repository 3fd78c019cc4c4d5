using System.Globalization;
using System.Text;
using LeakySpanner.Model;

namespace LeakySpanner.Target.Linux;

/// <summary>Parses /proc/PID/maps (proc_pid_maps(5)).</summary>
public static class ProcMaps
{
    /// <summary>The kernel allows 65,530 mappings unless told otherwise; a process with more is told about in part.</summary>
    public const int MaxRegions = 1 << 20;

    /// <summary>
    /// Regions by address. The kernel writes the file a page at a time, so that a process which maps and unmaps meanwhile
    /// can show one region twice: what does not lie past its predecessor is dropped, as is a line that makes no sense.
    /// </summary>
    public static List<MappedRegion> Parse(ReadOnlySpan<char> text)
    {
        var regions = new List<MappedRegion>();
        foreach (var line in text.EnumerateLines())
        {
            if (TryParseLine(line, out var region)
                && (regions.Count == 0 || region.Start >= regions[^1].End)
                && regions.Count < MaxRegions)
                regions.Add(region);
        }

        return regions;
    }

    internal static bool TryParseLine(ReadOnlySpan<char> line, out MappedRegion region)
    {
        region = default;
        var rest = line;
        var range = Next(ref rest);
        var permissions = Next(ref rest);
        var offset = Next(ref rest);
        _ = Next(ref rest);
        var inode = Next(ref rest);
        var dash = range.IndexOf('-');
        if (dash < 0
            || permissions.Length != 4
            || !TryHex(range[..dash], out var start)
            || !TryHex(range[(dash + 1)..], out var end)
            || end <= start
            || !TryHex(offset, out var fileOffset)
            || !long.TryParse(inode, NumberStyles.None, CultureInfo.InvariantCulture, out var node))
            return false;

        region = new MappedRegion(
            new Address(start), new Address(end), permissions.ToString(), unchecked((long)fileOffset), node, Unescape(rest.TrimStart(' ')));
        return true;
    }

    private static ReadOnlySpan<char> Next(ref ReadOnlySpan<char> rest)
    {
        rest = rest.TrimStart(' ');
        var end = rest.IndexOf(' ');
        var word = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[end..];
        return word;
    }

    private static bool TryHex(ReadOnlySpan<char> word, out ulong value) =>
        ulong.TryParse(word, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);

    /// <summary>The kernel writes a newline of a file's name as \012.</summary>
    private static string Unescape(ReadOnlySpan<char> path) =>
        path.Contains('\\') ? new StringBuilder().Append(path).Replace("\\012", "\n").ToString() : path.ToString();
}
