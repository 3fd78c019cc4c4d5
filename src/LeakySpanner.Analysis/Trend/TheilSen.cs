namespace LeakySpanner.Analysis.Trend;

/// <summary>The median of all pairwise slopes, with its interval: outliers of up to 29 % of the points do not move it far.</summary>
/// <param name="Slope">Per unit of time.</param>
/// <param name="Low">Lower end of the 95 % confidence interval.</param>
/// <param name="High">Upper end.</param>
/// <remarks>
/// P. K. Sen, "Estimates of the regression coefficient based on Kendall's tau", JASA 63 (1968): the interval's ends are the
/// slopes whose ranks are half the number of pairs, less and more half of z times the standard deviation of Kendall's S. That
/// variance is multiplied by the correction for autocorrelation, as Hamed and Rao do for the Mann-Kendall test.
/// </remarks>
public readonly record struct TheilSen(double Slope, double Low, double High)
{
    private const double Z95 = 1.96;

    /// <summary>O(n^2 log n) in the number of points; callers pass blocks, not samples.</summary>
    public static TheilSen Of(ReadOnlySpan<double> times, ReadOnlySpan<double> values, double correction = 1)
    {
        var slopes = new List<double>(times.Length * (times.Length - 1) / 2);
        for (var i = 0; i < times.Length; i++)
        {
            for (var j = i + 1; j < times.Length; j++)
            {
                if (times[j] > times[i])
                    slopes.Add((values[j] - values[i]) / (times[j] - times[i]));
            }
        }

        if (slopes.Count == 0)
            return new(0, double.NegativeInfinity, double.PositiveInfinity);

        slopes.Sort();
        double n = times.Length;
        var half = Z95 * Math.Sqrt(n * (n - 1) * ((2 * n) + 5) / 18 * correction) / 2;
        var middle = slopes.Count / 2.0;
        return new(
            (slopes[(slopes.Count - 1) / 2] + slopes[slopes.Count / 2]) / 2,
            At(slopes, middle - half),
            At(slopes, middle + half));
    }

    /// <summary>Where the interval asks for more pairs than there are, the data bound nothing on that side.</summary>
    private static double At(List<double> slopes, double rank) => rank switch
    {
        < 0 => double.NegativeInfinity,
        _ when rank > slopes.Count => double.PositiveInfinity,
        _ => slopes[Math.Clamp((int)Math.Round(rank), 0, slopes.Count - 1)],
    };
}
