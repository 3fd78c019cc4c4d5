using LeakySpanner.Model.Usage;

namespace LeakySpanner.Web.Json;

/// <summary>Numbers as they are written.</summary>
internal static class Figure
{
    public static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 1);

    /// <summary>JSON has no infinity: what has no end is not known.</summary>
    public static double? Rounded(double? value, int digits) => value is { } number && double.IsFinite(number) ? Math.Round(number, digits) : null;

    /// <summary>Linear between the bounds of its bucket, as Prometheus' histogram_quantile does it. Null where it lies beyond the last bound.</summary>
    public static double? Quantile(LatencyHistogram histogram, double share)
    {
        var rank = share * histogram.Count;
        double below = 0;
        if (rank == 0)
            return null;
        for (var i = 0; i < LatencyHistogram.Bounds.Length && i < histogram.Counts.Length; i++)
        {
            var count = histogram.Counts[i];
            if (count > 0 && below + count >= rank)
            {
                var start = i == 0 ? 0 : LatencyHistogram.Bounds[i - 1];
                return Math.Round(start + ((LatencyHistogram.Bounds[i] - start) * (rank - below) / count), 6);
            }

            below += count;
        }

        return null;
    }
}
