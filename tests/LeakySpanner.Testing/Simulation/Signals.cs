namespace LeakySpanner.Testing.Simulation;

/// <summary>Shapes of memory over time: seconds in, megabytes out.</summary>
internal static class Signals
{
    public static Func<double, double> Sum(Func<double, double> a, Func<double, double> b) => time => a(time) + b(time);

    public static Func<double, double> Saturation(double size, double timeConstant) => time => size * (1 - Math.Exp(-time / timeConstant));

    public static Func<double, double> Ramp(double size, double start, double end) => time => size * Math.Clamp((time - start) / (end - start), 0, 1);

    /// <summary>Grows steadily and is collected; periods and heights vary by a tenth, the first tooth is cut anywhere.</summary>
    public static Func<double, double> Sawtooth(double size, double period, double seconds, Random random)
    {
        var collections = new List<double> { -period * random.NextDouble() };
        while (collections[^1] < seconds)
            collections.Add(collections[^1] + (period * Dice.Uniform(random, 0.9, 1.1)));
        return time => size / period * (time - collections.FindLast(collection => collection <= time));
    }

    /// <summary>A collector that comes rarely: every third to 60 % of the window, so that at least one collection is seen.</summary>
    public static Func<double, double> LateCollections(double size, double seconds, Random random)
    {
        var period = seconds * Dice.Uniform(random, 0.34, 0.6);
        var phase = period * random.NextDouble();
        return time => size * ((time + phase) % period) / period;
    }

    /// <summary>One to ten large requests (or batches), which may overlap, and may still run at the end.</summary>
    public static Func<double, double> Bursts(double seconds, Random random)
    {
        var bursts = Enumerable.Range(0, random.Next(1, 11)).Select(_ => (
            Start: Dice.Uniform(random, 0, seconds),
            Length: seconds * Dice.LogUniform(random, 0.01, 0.1),
            Rise: Dice.Uniform(random, 0.05, 0.7),
            Size: Dice.LogUniform(random, 2, 100))).ToArray();
        return time => bursts.Where(burst => time >= burst.Start && time < burst.Start + burst.Length)
            .Sum(burst => burst.Size * Math.Min(1, (time - burst.Start) / (burst.Length * burst.Rise)));
    }

    /// <summary>One to three jumps, at any time: a model loaded, a pool opened, a module imported late.</summary>
    public static Func<double, double> Steps(double seconds, Random random)
    {
        var steps = Enumerable.Range(0, random.Next(1, 4))
            .Select(_ => (At: Dice.Uniform(random, 0, seconds), Size: Dice.LogUniform(random, 1, 50))).ToArray();
        return time => steps.Where(step => time >= step.At).Sum(step => step.Size);
    }

    /// <summary>Leaks per request, and requests come in 6 to 20 bursts of different length and strength.</summary>
    public static Func<double, double> LeakUnderBursts(double rate, double seconds, Random random)
    {
        var count = random.Next(6, 21);
        var duty = Dice.Uniform(random, 0.2, 0.6);
        var period = seconds / count;
        var bursts = Enumerable.Range(0, count).Select(i => (
            Start: (i + Dice.Uniform(random, 0, 1 - duty)) * period,
            Length: duty * period,
            Weight: Dice.Uniform(random, 0.5, 1.5))).ToArray();
        var scale = rate * seconds / bursts.Sum(burst => burst.Weight);
        return time => scale * bursts.Sum(burst => burst.Weight * Math.Clamp((time - burst.Start) / burst.Length, 0, 1));
    }

    /// <summary>Grows by whole chunks, as where every arena's pages are touched at once.</summary>
    public static Func<double, double> Chunks(double rate, double chunk, Random random)
    {
        var phase = random.NextDouble();
        return time => chunk * Math.Floor((rate * time / chunk) + phase);
    }
}
