namespace LeakySpanner.Analysis.Trend;

/// <summary>
/// Tells stairs from single jumps: a leak that is allocated in large pieces rises by equal pieces at equal distances from
/// one end of the window to the other; models, pools and modules that are loaded do not.
/// </summary>
internal static class StairRule
{
    private const int LeastJumps = 3;
    private const double Tolerance = 0.2;

    public static bool Holds(Series series, StepFit.Pieces pieces)
    {
        if (pieces.Jumps < LeastJumps)
            return false;

        var rises = Enumerable.Range(1, pieces.Jumps).Select(i => pieces.Levels[i] - pieces.Levels[i - 1]).ToArray();
        var times = pieces.Starts.Select(start => (series.Minutes[start - 1] + series.Minutes[start]) / 2).ToArray();
        var gaps = Enumerable.Range(1, times.Length - 1).Select(i => times[i] - times[i - 1]).ToArray();
        var longest = gaps.Average() * (1 + Tolerance);
        return AreAlike(rises) && AreAlike(gaps) && times[0] - series.Minutes[0] <= longest && series.Minutes[^1] - times[^1] <= longest;
    }

    private static bool AreAlike(double[] values)
    {
        var mean = values.Average();
        return mean > 0 && values.All(value => Math.Abs(value - mean) <= Tolerance * mean);
    }
}
