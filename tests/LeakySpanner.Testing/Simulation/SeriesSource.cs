namespace LeakySpanner.Testing.Simulation;

/// <summary>
/// Draws services at random. What the ranges leave out, no judge of resident memory can tell from a leak within the window:
/// a cache whose time constant exceeds a third of it, a ramp that ends in its last 30 %, a collection that does not come.
/// </summary>
public static class SeriesSource
{
    public const double LeakWindowSeconds = 60;

    /// <summary>The same seed and index give the same series, in any order.</summary>
    public static SimulatedSeries Draw(int seed, int index)
    {
        var random = new Random(unchecked((seed * 1_000_003) + index));
        var behaviours = Enum.GetValues<Behaviour>();
        var leaks = index % 2 == 1;
        var candidates = behaviours.Where(behaviour => SimulatedSeries.IsLeak(behaviour) == leaks).ToArray();
        return Draw(candidates[index / 2 % candidates.Length], random);
    }

    public static SimulatedSeries Draw(Behaviour behaviour, Random random)
    {
        var leaks = SimulatedSeries.IsLeak(behaviour);
        var rate = leaks ? Dice.LogUniform(random, 0.5, 100) : 0;
        var seconds = leaks ? LeakWindowSeconds : Dice.LogUniform(random, 60, 600);
        var noise = Noise(random);
        var width = Width(random);
        return SimulatedSeries.Of(behaviour, rate, Signal(behaviour, rate / 60, seconds, random), seconds, noise, width, random);
    }

    internal static NoiseKind Noise(Random random) =>
        random.NextDouble() switch { < 0.4 => NoiseKind.White, < 0.8 => NoiseKind.Correlated, _ => NoiseKind.Wandering };

    internal static double Width(Random random) => Dice.LogUniform(random, 0.1, 5);

    private static Func<double, double> Signal(Behaviour behaviour, double rate, double seconds, Random random) => behaviour switch
    {
        Behaviour.Flat => _ => 0,
        Behaviour.WarmUp => Signals.Saturation(Dice.LogUniform(random, 5, 100), seconds * Dice.Uniform(random, 0.01, 0.08)),
        Behaviour.SaturatingCache => Signals.Saturation(Dice.LogUniform(random, 5, 200), seconds * Dice.LogUniform(random, 0.06, 1 / 3.0)),
        Behaviour.Sawtooth => Signals.Sawtooth(Dice.LogUniform(random, 1, 50), seconds * Dice.LogUniform(random, 1 / 30.0, 0.25), seconds, random),
        Behaviour.LateCollections => Signals.LateCollections(Dice.LogUniform(random, 3, 100), seconds, random),
        Behaviour.Bursts => Signals.Bursts(seconds, random),
        Behaviour.RampThatEnds => Signals.Ramp(Dice.LogUniform(random, 3, 100), seconds * Dice.Uniform(random, 0, 0.3), seconds * Dice.Uniform(random, 0.35, 0.7)),
        Behaviour.Steps => Signals.Steps(seconds, random),
        Behaviour.LinearLeak => time => rate * time,
        Behaviour.LeakUnderBursts => Signals.LeakUnderBursts(rate, seconds, random),
        Behaviour.LeakWithSawtooth => Signals.Sum(
            time => rate * time, Signals.Sawtooth(Dice.LogUniform(random, 1, 30), seconds * Dice.LogUniform(random, 1 / 30.0, 1 / 6.0), seconds, random)),
        Behaviour.LeakAfterWarmUp => Signals.Sum(time => rate * time, WarmUp(seconds, random)),
        Behaviour.LeakInChunks => Signals.Chunks(rate, Dice.LogUniform(random, 0.0625, 1), random),
        _ => throw new ArgumentOutOfRangeException(nameof(behaviour)),
    };

    private static Func<double, double> WarmUp(double seconds, Random random) => random.Next(2) == 0
        ? Signals.Saturation(Dice.LogUniform(random, 2, 50), seconds * Dice.Uniform(random, 0.02, 0.1))
        : Signals.Ramp(Dice.LogUniform(random, 2, 50), 0, seconds * Dice.Uniform(random, 0.05, 0.35));
}
