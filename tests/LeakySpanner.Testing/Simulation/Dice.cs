namespace LeakySpanner.Testing.Simulation;

/// <summary>Distributions over a seeded generator.</summary>
internal static class Dice
{
    public static double Uniform(Random random, double low, double high) => low + (random.NextDouble() * (high - low));

    public static double LogUniform(Random random, double low, double high) => low * Math.Pow(high / low, random.NextDouble());

    /// <summary>Standard normal (Box and Muller).</summary>
    public static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
