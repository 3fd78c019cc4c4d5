using System.Globalization;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.Web.Json;

/// <summary>A line of allocations as str() of tracemalloc's Statistic writes it, so that what reads those reads these.</summary>
internal static class AllocationText
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB"];

    public static string Of(AllocationSite site)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{site.File}:{site.Line}: size={Size(site.Bytes)}, count={site.Count}");
        return site.Count > 0 ? $"{text}, average={Size((double)site.Bytes / site.Count)}" : text;
    }

    /// <summary>One decimal below 100 units, none up to 10 * 1024 units (Lib/tracemalloc.py, _format_size).</summary>
    private static string Size(double bytes)
    {
        var unit = 0;
        for (; unit < Units.Length - 1 && bytes >= 10 * 1024; unit++)
        {
            // Below 100 of a unit other than bytes there is a decimal, and no larger unit is tried.
            bytes /= 1024;
            if (bytes < 100)
                return Scaled(bytes, 1, unit + 1);
        }

        return Scaled(bytes, 0, unit);
    }

    /// <summary>Python rounds ties to even.</summary>
    private static string Scaled(double value, int digits, int unit) =>
        Math.Round(value, digits).ToString(digits == 0 ? "0" : "0.0", CultureInfo.InvariantCulture) + " " + Units[unit];
}
