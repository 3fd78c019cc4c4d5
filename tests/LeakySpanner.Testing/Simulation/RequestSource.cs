namespace LeakySpanner.Testing.Simulation;

/// <summary>Draws services under traffic: how requests come, what they hold and leave, and what memory does besides.</summary>
public static class RequestSource
{
    /// <summary>The same seed and index give the same service, in any order.</summary>
    public static SimulatedRequests Draw(int seed, int index)
    {
        var random = new Random(unchecked((seed * 1_000_003) + index));
        var seconds = index % 3 == 0 ? Dice.LogUniform(random, 60, 180) : 60;
        var count = (index % 4) switch { 0 => 2, 1 => random.Next(3, 9), 2 => random.Next(1, 5), _ => random.Next(2, 25) };
        var total = Dice.LogUniform(random, 30, 1500);
        var weights = Enumerable.Range(0, count).Select(_ => Dice.LogUniform(random, 0.03, 1)).ToArray();
        var guilty = Enumerable.Range(0, count).Select(route => random.NextDouble() < 0.8 / count || (route == 0 && random.NextDouble() < 0.3)).ToArray();
        var routes = new List<SimulatedRoute>();
        for (var i = 0; i < count; i++)
        {
            routes.Add(new SimulatedRoute(
                total * weights[i] / weights.Sum(),
                guilty[i] ? Dice.LogUniform(random, 256, 16384) : 0,
                Dice.LogUniform(random, 0.001, 0.5),
                random.NextDouble() < 0.4 ? Dice.LogUniform(random, 1_000, 300_000) : 0,
                random.NextDouble() < 0.2 ? Dice.LogUniform(random, 100, 4_000) : 0,
                Dice.LogUniform(random, 0.03, 0.7),
                Dice.LogUniform(random, 0.5, 10),
                i > 0 && random.NextDouble() < 0.15 ? random.Next(i) : null));
        }

        return SimulatedRequests.Of(routes, Shape(seconds, random), Besides(seconds, random), seconds, random);
    }

    /// <summary>One of two routes leaves 4 KB per request at so many requests a second; the noise is ordinary.</summary>
    public static SimulatedRequests FourKilobytes(double rate, int seed)
    {
        var random = new Random(seed);
        SimulatedRoute Route(double leaves) => new(
            rate, leaves, Dice.LogUniform(random, 0.002, 0.1), Dice.LogUniform(random, 1_000, 100_000), 0, Dice.LogUniform(random, 0.1, 0.5), Dice.LogUniform(random, 0.5, 10), null);
        return SimulatedRequests.Of(
            [Route(4096), Route(0)], _ => 1, new SimulatedBesides(NoiseKind.Correlated, Dice.LogUniform(random, 0.1, 2), 0, _ => 0, 3, 4096), 60, random);
    }

    /// <summary>
    /// Two routes, one of which leaves 4 KB per request, whose clients all wait for one event loop: what slows down one slows down the
    /// other, and their counts hardly differ. Memory is told in steps of 256 KB, as the kernel's counters are.
    /// </summary>
    public static SimulatedRequests InStep(double rate, double seconds, int seed)
    {
        var random = new Random(seed);
        SimulatedRoute Route(double leaves) => new(rate, leaves, 0.02, 2_000, 0, Dice.LogUniform(random, 0.01, 0.05), Dice.LogUniform(random, 0.5, 5), null);
        var waves = Enumerable.Range(0, 4).Select(_ => (Period: Dice.LogUniform(random, 1, 20), Phase: random.NextDouble())).ToArray();
        return SimulatedRequests.Of(
            [Route(4096), Route(0)],
            time => 1 + waves.Sum(wave => 0.1 * Math.Sin(2 * Math.PI * ((time / wave.Period) + wave.Phase))),
            new SimulatedBesides(NoiseKind.Correlated, Dice.LogUniform(random, 0.2, 1), 0, _ => 0, 3, 1 << 18),
            seconds,
            random);
    }

    /// <summary>What all routes' rates are multiplied by.</summary>
    private static Func<double, double> Shape(double seconds, Random random)
    {
        var (start, end, period, phase) = (Dice.Uniform(random, 0, 0.5), Dice.Uniform(random, 0.5, 1), seconds * Dice.Uniform(random, 0.1, 1), random.NextDouble());
        var bursts = Enumerable.Range(0, random.Next(2, 10)).Select(_ => (Start: Dice.Uniform(random, 0, seconds), Length: Dice.LogUniform(random, 1, 10))).ToArray();
        return random.Next(5) switch
        {
            0 => _ => 1,
            1 => time => start + ((end - start) * time / seconds),
            2 => time => 1 + (0.5 * Math.Sin(2 * Math.PI * ((time / period) + phase))),
            3 => time => bursts.Any(burst => time >= burst.Start && time < burst.Start + burst.Length) ? 1 : 0.05,
            _ => time => time < seconds * start ? 0.3 : 1,
        };
    }

    private static SimulatedBesides Besides(double seconds, Random random)
    {
        var shapes = new List<Func<double, double>>();
        if (random.NextDouble() < 0.2)
            shapes.Add(Signals.Saturation(Dice.LogUniform(random, 2, 30), seconds * Dice.Uniform(random, 0.01, 0.08)));
        if (random.NextDouble() < 0.1)
            shapes.Add(Signals.Steps(seconds, random));
        if (random.NextDouble() < 0.2)
            shapes.Add(Signals.Sawtooth(Dice.LogUniform(random, 1, 20), seconds * Dice.LogUniform(random, 1 / 60.0, 1 / 6.0), seconds, random));
        if (random.NextDouble() < 0.05)
        {
            var (at, size) = (Dice.Uniform(random, 0, seconds), Dice.LogUniform(random, 2, 30));
            shapes.Add(time => time >= at ? -size : 0);
        }

        return new SimulatedBesides(
            SeriesSource.Noise(random),
            Dice.LogUniform(random, 0.1, 5),
            random.NextDouble() < 0.3 ? Dice.LogUniform(random, 0.5, 30) / 60 : 0,
            time => shapes.Sum(shape => shape(time)),
            Dice.LogUniform(random, 0.5, 8),
            random.NextDouble() switch { < 0.5 => 4096, < 0.8 => 1 << 18, _ => 1 << 20 });
    }
}
