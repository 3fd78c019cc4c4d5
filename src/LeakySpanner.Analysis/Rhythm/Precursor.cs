namespace LeakySpanner.Analysis.Rhythm;

/// <summary>Something that is seen before kills more often than chance allows.</summary>
/// <param name="Windows">Windows before kills in which it was seen.</param>
/// <param name="Among">Windows.</param>
/// <param name="Lift">How many times more often it is seen in them than elsewhere; infinite where it is never seen elsewhere.</param>
/// <param name="Chance">Of as many windows, if it had nothing to do with kills, times the number of things that were compared.</param>
public readonly record struct Precursor(int Windows, int Among, double Lift, double Chance)
{
    private const int LeastWindows = 3;
    private const double LeastShare = 0.7;
    private const double LeastLift = 2;
    private const double MostChance = 0.01;

    /// <param name="seen">Windows in which it was seen.</param>
    /// <param name="inWindows">How often it was seen in them.</param>
    /// <param name="total">How often it was seen in all.</param>
    /// <param name="windows">Windows before kills.</param>
    /// <param name="covered">Seconds or lines in them together.</param>
    /// <param name="whole">Seconds or lines in all.</param>
    /// <param name="compared">Things that are compared.</param>
    /// <returns>Null where chance does it as well.</returns>
    public static Precursor? Of(int seen, long inWindows, long total, int windows, double covered, double whole, int compared)
    {
        if (windows < LeastWindows || seen < LeastShare * windows || covered <= 0)
            return null;

        // Where the windows are nearly all there is, nothing can be compared.
        var outside = whole - covered;
        if (outside < covered)
            return null;

        // A thing that was not seen elsewhere may still be about to be: half an event.
        var elsewhere = Math.Max(0, total - inWindows);
        var rate = Math.Max(elsewhere, 0.5) / outside;
        var lift = elsewhere == 0 ? double.PositiveInfinity : inWindows / covered / rate;
        var chance = Math.Min(1, UpperTail(windows, seen, 1 - Math.Exp(-rate * covered / windows)) * Math.Max(1, compared));
        return lift >= LeastLift && chance <= MostChance ? new(seen, windows, lift, chance) : null;
    }

    /// <summary>Of a binomial distribution: at least k of n.</summary>
    private static double UpperTail(int n, int k, double p)
    {
        if (p <= 0)
            return 0;
        if (p >= 1)
            return 1;
        var (sum, log) = (0.0, 0.0);
        for (var i = 0; i <= n; i++)
        {
            if (i >= k)
                sum += Math.Exp(log + (i * Math.Log(p)) + ((n - i) * Math.Log(1 - p)));
            log += Math.Log((n - i) / (i + 1.0));
        }

        return Math.Min(1, sum);
    }
}
