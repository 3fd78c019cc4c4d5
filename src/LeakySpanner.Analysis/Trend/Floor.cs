namespace LeakySpanner.Analysis.Trend;

/// <summary>
/// What a process still held later on. Where memory is given back in drops that stand out of the noise (a collection, the
/// end of a burst), only the points that no later point undercuts are evidence of growth.
/// </summary>
/// <param name="Points">The points on the floor; all of them where nothing stands out.</param>
/// <param name="Drops">Drops that stand out.</param>
/// <param name="LargestDrop">In megabytes.</param>
/// <param name="OpenRise">The last rise is no larger than one that was given back before, so it was not counted.</param>
internal sealed record Floor(Series Points, int Drops, double LargestDrop, bool OpenRise)
{
    private const double NoiseFactor = 6;
    private const double LeastShareOfRange = 0.15;
    private const double LeastMegabytes = 0.3;

    /// <summary>A rise counts although it is no larger than an earlier drop once it has lasted this many times as long.</summary>
    private const double Patience = 2.5;
    private const double SizeTolerance = 1.3;

    public static Floor Of(Series series)
    {
        var y = series.Megabytes;
        var threshold = Math.Max(LeastMegabytes, Math.Max(NoiseFactor * Noise(y), LeastShareOfRange * series.Range));
        var pivots = Pivots(y, threshold);
        var drops = Enumerable.Range(1, pivots.Count - 1).Where(i => y[pivots[i]] < y[pivots[i - 1]]).ToList();
        if (drops.Count == 0)
            return new(series, 0, 0, false);

        var largest = drops.Max(i => y[pivots[i - 1]] - y[pivots[i]]);
        var trough = pivots[drops[^1]];
        var longest = drops.Max(i => i >= 2 ? series.Minutes[pivots[i - 1]] - series.Minutes[pivots[i - 2]] : 0);
        if (drops[0] == 1)
            longest = double.PositiveInfinity;
        var rise = y[trough..].Max() - y[trough];
        var open = rise > threshold && rise <= SizeTolerance * largest && series.Minutes[^1] - series.Minutes[trough] <= Patience * longest;

        var (times, values) = (new List<double>(), new List<double>());
        var later = double.PositiveInfinity;
        for (var i = y.Length - 1; i >= 0; i--)
        {
            var ceiling = (open && i > trough ? Math.Min(later, y[trough]) : later) + (threshold / 2);
            later = Math.Min(later, y[i]);
            if (y[i] > ceiling)
                continue;
            times.Add(series.Minutes[i]);
            values.Add(y[i]);
        }

        times.Reverse();
        values.Reverse();
        return new(new([.. times], [.. values]), drops.Count, largest, open);
    }

    /// <summary>Standard deviation of white noise that would explain the usual change from point to point.</summary>
    private static double Noise(double[] y)
    {
        if (y.Length < 3)
            return 0;
        var steps = Enumerable.Range(1, y.Length - 1).Select(i => y[i] - y[i - 1]).ToArray();
        var median = Median(steps);
        return 1.4826 * Median(Array.ConvertAll(steps, step => Math.Abs(step - median))) / Math.Sqrt(2);
    }

    private static double Median(double[] values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Indices where the series turns by at least the threshold, its first and last point included.</summary>
    private static List<int> Pivots(double[] y, double threshold)
    {
        var pivots = new List<int> { 0 };
        var (low, high, direction) = (0, 0, 0);
        for (var i = 1; i < y.Length; i++)
        {
            low = y[i] < y[low] ? i : low;
            high = y[i] > y[high] ? i : high;
            if (direction <= 0 && y[i] - y[low] >= threshold)
            {
                if (low > 0)
                    pivots.Add(low);
                (direction, high) = (1, i);
                low = i;
            }
            else if (direction >= 0 && y[high] - y[i] >= threshold)
            {
                if (high > 0)
                    pivots.Add(high);
                (direction, low) = (-1, i);
                high = i;
            }
        }

        var last = direction > 0 ? high : direction < 0 ? low : y.Length - 1;
        if (last > pivots[^1])
            pivots.Add(last);
        return pivots;
    }
}
