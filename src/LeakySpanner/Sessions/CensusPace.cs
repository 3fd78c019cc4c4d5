namespace LeakySpanner.Sessions;

/// <summary>
/// How often a census may be taken: as often as costs a twentieth of one core, but often enough that a container can be
/// seen to grow, and so seldom that a long session does not gather them without bound.
/// </summary>
public sealed class CensusPace(TimeSpan duration)
{
    /// <summary>Of one core.</summary>
    public const double LargestLoad = 0.05;

    public const int FewestPerSession = 6;
    public const int MostPerSession = 60;

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(250);

    /// <summary>From the start of one census to the start of the next, given what the last one cost.</summary>
    public TimeSpan After(TimeSpan cost)
    {
        var affordable = cost / LargestLoad;
        var least = duration / MostPerSession;
        var most = duration / FewestPerSession;
        return Max(Shortest, Max(least, affordable < most ? affordable : most));
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
