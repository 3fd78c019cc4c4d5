namespace LeakySpanner.Analysis.Rhythm;

/// <summary>Events that keep to the clock: every hour at :00, every day at 03:00.</summary>
/// <param name="Period">One of those that schedulers use.</param>
/// <param name="Phase">Since midnight (since Monday's, where the period is a week), below <paramref name="Period"/>.</param>
/// <param name="Width">The stretch of the period in which they fall.</param>
/// <param name="Events">How many fall into it.</param>
/// <param name="Among">Of how many.</param>
/// <param name="Chance">How likely events at random times would do as well with any of the periods.</param>
public sealed record ClockPeriod(TimeSpan Period, TimeSpan Phase, TimeSpan Width, int Events, int Among, double Chance)
{
    private const double MostChance = 0.001;
    private const double LeastShare = 0.8;
    private const double WidestShare = 0.25;
    private const int LeastCycles = 3;
    private const int MostEvents = 1000;

    private static readonly TimeSpan[] Candidates =
    [
        TimeSpan.FromDays(7), TimeSpan.FromDays(1), TimeSpan.FromHours(12), TimeSpan.FromHours(8), TimeSpan.FromHours(6), TimeSpan.FromHours(4), TimeSpan.FromHours(3), TimeSpan.FromHours(2),
        TimeSpan.FromHours(1), TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(5),
    ];

    /// <summary>
    /// The longest period in whose cycle most events fall into one narrow place: what happens hourly also fits half an hour, but not
    /// two. Several events of one cycle are one. A period needs three cycles to be seen. O(n^2) for the first thousand events.
    /// </summary>
    /// <param name="times">Ticks of the clock since a Monday's midnight (year 1 began with one); any order.</param>
    /// <returns>Null where nothing is that regular.</returns>
    public static ClockPeriod? Of(IEnumerable<long> times)
    {
        ArgumentNullException.ThrowIfNull(times);
        var sorted = times.Order().Take(MostEvents).ToArray();
        foreach (var period in Candidates)
        {
            if (Fit(sorted, period.Ticks) is { } found)
                return found;
        }

        return null;
    }

    private static ClockPeriod? Fit(long[] sorted, long period)
    {
        // Events that follow one another within a twentieth of the cycle are one.
        var phases = new List<long>();
        var last = long.MinValue / 2;
        foreach (var time in sorted)
        {
            if (time - last > period / 20)
                phases.Add(time % period);
            last = time;
        }

        var n = phases.Count;
        if (n < LeastCycles || (sorted[^1] - sorted[0]) < (LeastCycles - 1) * period * 0.9)
            return null;
        phases.Sort();

        ClockPeriod? best = null;
        for (var k = n; k >= Math.Max(LeastCycles, (int)Math.Ceiling(LeastShare * n)); k--)
        {
            var (width, start) = (long.MaxValue, 0L);
            for (var first = 0; first < n; first++)
            {
                var end = first + k - 1;
                var between = phases[end % n] + (end >= n ? period : 0) - phases[first];
                (width, start) = between < width ? (between, phases[first]) : (width, start);
            }

            var chance = Candidates.Length * Chances(n, k, Math.Max(width, TimeSpan.TicksPerSecond) / (double)period);
            if (width <= WidestShare * period && chance <= MostChance && (best is null || chance < best.Chance))
                best = new(new(period), new((start + (width / 2)) % period), new(width), k, n, chance);
        }

        return best;
    }

    /// <summary>At most the chance that k of n random places on a circle lie within a share of it: choices times k times share^(k-1).</summary>
    private static double Chances(int n, int k, double share)
    {
        var log = Math.Log(k) + ((k - 1) * Math.Log(share));
        for (var i = 1; i <= n - k; i++)
            log += Math.Log((n - i + 1.0) / i);
        return Math.Exp(Math.Min(0, log));
    }
}
