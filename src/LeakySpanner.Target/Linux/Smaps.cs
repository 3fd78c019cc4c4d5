using System.Globalization;
using LeakySpanner.Model;

namespace LeakySpanner.Target.Linux;

/// <summary>Parses /proc/PID/smaps: the lines of maps, each followed by its counters.</summary>
public static class Smaps
{
    public static List<ResidentRegion> Parse(ReadOnlySpan<char> text)
    {
        var regions = new List<ResidentRegion>();
        var isOpen = false;
        foreach (var line in text.EnumerateLines())
        {
            if (ProcMaps.TryParseLine(line, out var region))
            {
                // What lies below its predecessor was written twice by a racing kernel, with its counters.
                isOpen = (regions.Count == 0 || region.Start >= regions[^1].Region.End) && regions.Count < ProcMaps.MaxRegions;
                if (isOpen)
                    regions.Add(new ResidentRegion(region, null));
            }
            else if (isOpen && line.StartsWith("Rss:") && TryKilobytes(line[4..], out var rss))
            {
                regions[^1] = regions[^1] with { Rss = rss };
            }
        }

        return regions;
    }

    private static bool TryKilobytes(ReadOnlySpan<char> value, out long bytes)
    {
        value = value.Trim();
        var end = value.IndexOf(' ');
        var parsed = long.TryParse(end < 0 ? value : value[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var kilobytes)
            && kilobytes < long.MaxValue / ByteSize.KB;
        bytes = parsed ? kilobytes * ByteSize.KB : 0;
        return parsed;
    }
}
