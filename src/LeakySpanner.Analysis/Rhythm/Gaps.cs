namespace LeakySpanner.Analysis.Rhythm;

/// <summary>How far apart events are.</summary>
/// <param name="Median">Half are closer.</param>
/// <param name="Low">A quarter are closer.</param>
/// <param name="High">A quarter are further apart.</param>
/// <param name="Count">Gaps.</param>
public sealed record Gaps(TimeSpan Median, TimeSpan Low, TimeSpan High, int Count)
{
    private const double MostSpread = 0.25;
    private const int Least = 3;

    /// <summary>The middle half of the gaps differ by less than a quarter: whatever makes the next event needs about the same time.</summary>
    public bool AreRegular => Count >= Least && Median > TimeSpan.Zero && High - Low <= MostSpread * Median;

    /// <param name="times">Ticks, in any order.</param>
    /// <returns>Null for fewer than two events.</returns>
    public static Gaps? Of(IEnumerable<long> times)
    {
        var sorted = times.Order().ToArray();
        if (sorted.Length < 2)
            return null;
        var gaps = Enumerable.Range(1, sorted.Length - 1).Select(i => sorted[i] - sorted[i - 1]).Order().ToArray();
        return new(At(gaps, 0.5), At(gaps, 0.25), At(gaps, 0.75), gaps.Length);
    }

    private static TimeSpan At(long[] sorted, double share)
    {
        var place = share * (sorted.Length - 1);
        var below = (int)place;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return new((long)(sorted[below] + ((sorted[above] - sorted[below]) * (place - below))));
    }
}
