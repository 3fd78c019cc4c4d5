namespace LeakySpanner.Analysis.Trend;

/// <summary>How a number develops over a few censuses: entries of a container, objects of a type, threads, descriptors.</summary>
/// <param name="PerMinute">Median of the pairwise slopes (Theil and Sen).</param>
/// <param name="Low">Lower end of its 95 % interval; negative infinity where there are too few points to bound it.</param>
/// <param name="High">Upper end.</param>
/// <param name="MonotoneShare">Share of the growth among all movement, 0 to 1: 1 if it never fell, 0.5 if it comes and goes.</param>
/// <param name="Growth">Last value less the first.</param>
/// <param name="Saturates">It grew, but in the last third of the time at less than a third of its earlier pace.</param>
/// <param name="Points">Censuses in which it was counted.</param>
public sealed record CountTrend(double PerMinute, double Low, double High, double MonotoneShare, double Growth, bool Saturates, int Points)
{
    private const int LeastPoints = 3;
    private const double LeastMonotoneShare = 0.75;
    private const double SlowedDown = 1 / 3.0;

    /// <summary>Rises from census to census, gives little back, and has not slowed down.</summary>
    public bool Grows => Points >= LeastPoints && PerMinute > 0 && Growth > 0 && MonotoneShare >= LeastMonotoneShare && !Saturates;

    /// <param name="points">In order of time; one that goes back in time is dropped. Only the last 200 count (O(n^2 log n)).</param>
    public static CountTrend Of(IEnumerable<(TimeSpan At, double Count)> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        var minutes = new List<double>();
        var counts = new List<double>();
        foreach (var (at, count) in points.TakeLast(200))
        {
            if (!double.IsFinite(count) || (minutes.Count > 0 && at.TotalMinutes <= minutes[^1]))
                continue;
            minutes.Add(at.TotalMinutes);
            counts.Add(count);
        }

        if (counts.Count < 2)
            return new(0, double.NegativeInfinity, double.PositiveInfinity, 0, 0, false, counts.Count);

        var (t, y) = (minutes.ToArray(), counts.ToArray());
        var slope = TheilSen.Of(t, y);
        var moves = Enumerable.Range(1, y.Length - 1).Select(i => y[i] - y[i - 1]).ToList();
        var movement = moves.Sum(Math.Abs);
        return new(
            slope.Slope,
            slope.Low,
            slope.High,
            movement > 0 ? moves.Where(move => move > 0).Sum() / movement : 0,
            y[^1] - y[0],
            HasSlowedDown(t, y),
            y.Length);
    }

    private static bool HasSlowedDown(double[] t, double[] y)
    {
        if (y.Length < 4 || y[^1] <= y[0])
            return false;

        // The census nearest to two thirds of the time, but with something on either side of it.
        var cut = Array.FindIndex(t, time => time >= t[0] + ((t[^1] - t[0]) * 2 / 3));
        cut = Math.Clamp(cut, 1, y.Length - 2);
        var before = (y[cut] - y[0]) / (t[cut] - t[0]);
        var after = (y[^1] - y[cut]) / (t[^1] - t[cut]);
        return before > 0 && after < before * SlowedDown;
    }
}
