using System.Collections.Immutable;
using LeakySpanner.Model;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.Testing.Simulation;

/// <summary>What the memory of a service does, without noise.</summary>
public enum Behaviour
{
    Flat,
    WarmUp,
    SaturatingCache,
    Sawtooth,
    LateCollections,
    Bursts,
    RampThatEnds,
    Steps,

    LinearLeak,
    LeakUnderBursts,
    LeakWithSawtooth,
    LeakAfterWarmUp,
    LeakInChunks,
}

/// <summary>What the samples add to it.</summary>
public enum NoiseKind
{
    /// <summary>Independent from sample to sample.</summary>
    White,

    /// <summary>First-order autoregressive, correlated over 0.1 to 2 seconds.</summary>
    Correlated,

    /// <summary>A random walk between two walls, which takes 3 to 30 seconds to cross the band.</summary>
    Wandering,
}

/// <summary>A series whose truth is known.</summary>
/// <param name="RateMegabytesPerMinute">Of the leak; 0 for a healthy one.</param>
/// <param name="NoiseMegabytes">Width of the band in which the noise stays 95 % of the time (four standard deviations).</param>
public sealed record SimulatedSeries(
    Behaviour Behaviour, double RateMegabytesPerMinute, NoiseKind Noise, double NoiseMegabytes, ImmutableArray<MemorySample> Samples)
{
    public bool Leaks => IsLeak(Behaviour);

    public static bool IsLeak(Behaviour behaviour) => behaviour >= Behaviour.LinearLeak;

    /// <summary>The noiseless signal (megabytes over seconds) sampled at up to 20 Hz with jitter, noise and page grain.</summary>
    public static SimulatedSeries Of(
        Behaviour behaviour, double rate, Func<double, double> signal, double seconds, NoiseKind noise, double noiseMegabytes, Random random)
    {
        var interval = Math.Max(0.05, seconds / 2400);
        var baseline = Dice.LogUniform(random, 40, 1000);
        var grain = random.NextDouble() switch { < 0.6 => 4, < 0.8 => 16, _ => 256 } * (double)ByteSize.KB;
        var disturbance = new Noise(noise, noiseMegabytes, random);
        var samples = ImmutableArray.CreateBuilder<MemorySample>();
        var last = 0.0;
        for (var slot = 0; slot * interval < seconds; slot++)
        {
            var time = (slot + (0.4 * random.NextDouble())) * interval;
            var bytes = (baseline + disturbance.Next(time - last) + signal(time)) * ByteSize.MB;
            var anonymous = new ByteSize((long)(Math.Ceiling(Math.Max(0, bytes) / grain) * grain));
            samples.Add(new(TimeSpan.FromSeconds(time), anonymous + ByteSize.FromMB(30), anonymous, ByteSize.Zero, ByteSize.FromMB(4000)));
            last = time;
        }

        return new(behaviour, rate, noise, noiseMegabytes, samples.ToImmutable());
    }
}
