namespace LeakySpanner.Analysis.Trend;

/// <summary>
/// What a process still held later on. Where memory is given back in drops that stand out of the noise (a collection, the
/// end of a burst), only the points that no later point undercuts are evidence of growth.
/// </summary>
/// <param name="Points">The points on the floor; all of them where nothing stands out.</param>
/// <param name="Troughs">The lowest point after each drop.</param>
/// <param name="Noise">Standard deviation of white noise that would explain the usual change from point to point, megabytes.</param>
/// <param name="Drops">Drops that stand out.</param>
/// <param name="LargestDrop">In megabytes.</param>
/// <param name="OpenRise">The last rise is no larger than one that was given back before, so it was not counted.</param>
internal sealed record Floor(Series Points, Series Troughs, double Noise, int Drops, double LargestDrop, bool OpenRise)
{
    private const double NoiseFactor = 7;
    private const double LeastShareOfRange = 0.15;
    private const double LeastMegabytes = 0.3;

    /// <summary>A rise counts although it is no larger than an earlier drop once it has lasted this many times as long.</summary>
    private const double Patience = 2.5;
    private const double SizeTolerance = 1.3;
    private const int LongestVisit = 4;
    private const double MostGivenBack = 0.6;

    public static Floor Of(Series series)
    {
        var y = series.Megabytes;
        var noise = NoiseOf(y);
        var threshold = Math.Max(LeastMegabytes, Math.Max(NoiseFactor * noise, LeastShareOfRange * series.Range));
        var pivots = Pivots(y, threshold);
        var drops = Enumerable.Range(1, pivots.Count - 1).Where(i => y[pivots[i]] < y[pivots[i - 1]]).ToList();
        if (drops.Count == 0)
            return new(series, new([], []), noise, 0, 0, false);

        var largest = drops.Max(i => y[pivots[i - 1]] - y[pivots[i]]);
        var trough = pivots[drops[^1]];
        var longest = drops.Max(i => i >= 2 ? series.Minutes[pivots[i - 1]] - series.Minutes[pivots[i - 2]] : 0);
        if (BeganBefore(y, pivots, drops[0]))
            longest = double.PositiveInfinity;
        var open = Rise(y.AsSpan(trough)) > threshold / 5 && y[trough..].Max() - y[trough] <= SizeTolerance * largest && series.Minutes[^1] - series.Minutes[trough] <= Patience * longest;

        var onFloor = new List<int>();
        var later = double.PositiveInfinity;
        for (var i = y.Length - 1; i >= 0; i--)
        {
            if (y[i] <= later + (threshold / 2) && (!open || i <= trough))
                onFloor.Add(i);
            later = Math.Min(later, y[i]);
        }

        onFloor.Reverse();
        var troughs = drops.ConvertAll(i => pivots[i]);
        return new(
            Visits(series, onFloor, pivots, threshold),
            new([.. troughs.Select(i => series.Minutes[i])], [.. troughs.Select(i => y[i])]),
            noise,
            drops.Count,
            largest,
            open);
    }

    /// <summary>The first drop gave back more than the window saw growing, so how long that had grown is not known.</summary>
    private static bool BeganBefore(double[] y, List<int> pivots, int drop) =>
        drop == 1 || (drop == 2 && y[pivots[1]] - y[pivots[0]] < 0.8 * (y[pivots[1]] - y[pivots[2]]));

    /// <summary>A visit to the floor that is short, or is the foot of a rise, is one observation and becomes one point.</summary>
    private static Series Visits(Series series, List<int> indices, List<int> pivots, double threshold)
    {
        var (times, values) = (new List<double>(), new List<double>());
        for (var first = 0; first < indices.Count;)
        {
            var end = first + 1;
            while (end < indices.Count && indices[end] == indices[end - 1] + 1)
                end++;
            var size = end - first <= LongestVisit || IsFoot(series.Megabytes, indices[first], indices[end - 1], pivots, threshold) ? end - first : 1;
            for (; first < end; first += size)
            {
                times.Add(series.Minutes[indices[first]..(indices[first + size - 1] + 1)].Average());
                values.Add(series.Megabytes[indices[first]..(indices[first + size - 1] + 1)].Min());
            }
        }

        return new([.. times], [.. values]);
    }

    /// <summary>Whether a visit already rises, and belongs to a rise most of which was given back.</summary>
    private static bool IsFoot(double[] y, int first, int last, List<int> pivots, double threshold)
    {
        if (Rise(y.AsSpan(first, last - first + 1)) <= threshold / 5)
            return false;

        var peak = pivots.FindIndex(pivot => pivot >= (first + last) / 2);
        return peak > 0 && peak + 1 < pivots.Count && y[pivots[peak]] - y[pivots[peak + 1]] > MostGivenBack * (y[pivots[peak]] - y[pivots[peak - 1]]);
    }

    /// <summary>From the mean of the first third to the mean of the last.</summary>
    private static double Rise(ReadOnlySpan<double> values)
    {
        var third = (values.Length + 2) / 3;
        var rise = 0.0;
        for (var i = 0; i < third; i++)
            rise += values[^(i + 1)] - values[i];
        return rise / third;
    }

    private static double NoiseOf(double[] y)
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
