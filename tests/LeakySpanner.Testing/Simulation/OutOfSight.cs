namespace LeakySpanner.Testing.Simulation;

/// <summary>
/// Services whose growth does not show its nature within the window, beyond what <see cref="SeriesSource"/> draws: what a
/// judge says of them is reported, and cannot be right both for these and for leaks.
/// </summary>
public static class OutOfSight
{
    /// <summary>A cache of 5 to 200 MB whose time constant is this share of a minute's window.</summary>
    public static SimulatedSeries Cache(double timeConstant, Random random) =>
        Of(Behaviour.SaturatingCache, 0, seconds => Signals.Saturation(Dice.LogUniform(random, 5, 200), timeConstant * seconds), 60, random);

    /// <summary>A ramp of 3 to 100 MB that ends at this share of the window.</summary>
    public static SimulatedSeries Ramp(double end, Random random) =>
        Of(Behaviour.RampThatEnds, 0, seconds => Signals.Ramp(Dice.LogUniform(random, 3, 100), seconds * Dice.Uniform(random, 0, 0.3), seconds * end), 60, random);

    /// <summary>Garbage that is collected only after the window.</summary>
    public static SimulatedSeries UncollectedGarbage(Random random) =>
        Of(Behaviour.LateCollections, 0, seconds => Signals.Ramp(Dice.LogUniform(random, 3, 100), 0, seconds), 60, random);

    /// <summary>A steady leak watched for another time.</summary>
    public static SimulatedSeries Leak(double rate, double seconds, Random random) =>
        Of(Behaviour.LinearLeak, rate, _ => time => rate / 60 * time, seconds, random);

    private static SimulatedSeries Of(Behaviour behaviour, double rate, Func<double, Func<double, double>> signal, double seconds, Random random)
    {
        var noise = SeriesSource.Noise(random);
        return SimulatedSeries.Of(behaviour, rate, signal(seconds), seconds, noise, SeriesSource.Width(random), random);
    }
}
