using System.Collections.Immutable;
using LeakySpanner.Model;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.Testing.Simulation;

/// <param name="Rate">Requests per second, on average where nothing else changes it.</param>
/// <param name="Leaves">Bytes that stay, taken when the request begins.</param>
/// <param name="Seconds">A request takes half to one and a half times as long.</param>
/// <param name="Holds">Bytes while it runs.</param>
/// <param name="Garbage">Bytes that the next collection frees.</param>
/// <param name="Unrest">Standard deviation of the logarithm of its rate.</param>
/// <param name="Pace">Seconds over which its rate changes.</param>
/// <param name="After">Called once per request of that route, and never by itself.</param>
public sealed record SimulatedRoute(
    double Rate, double Leaves, double Seconds, double Holds, double Garbage, double Unrest, double Pace, int? After);

/// <summary>What memory does that no request causes.</summary>
/// <param name="Noise">Kind of disturbance.</param>
/// <param name="Megabytes">Width of the band in which it stays.</param>
/// <param name="Background">Megabytes per second that leak with time.</param>
/// <param name="Shape">Megabytes over seconds.</param>
/// <param name="Collections">Seconds between collections.</param>
/// <param name="Grain">Bytes by which memory grows.</param>
public sealed record SimulatedBesides(
    NoiseKind Noise, double Megabytes, double Background, Func<double, double> Shape, double Collections, double Grain);

/// <summary>A service under traffic whose truth is known.</summary>
/// <param name="Leaves">Bytes that a request of each route leaves behind.</param>
/// <param name="Memory">At 20 per second.</param>
/// <param name="Traffic">At 20 per second, at other instants.</param>
public sealed record SimulatedRequests(ImmutableArray<double> Leaves, ImmutableArray<MemorySample> Memory, Traffic Traffic)
{
    private const double Step = 0.01;

    public static SimulatedRequests Of(
        IReadOnlyList<SimulatedRoute> routes, Func<double, double> shape, SimulatedBesides besides, double seconds, Random random)
    {
        const double sampling = 0.05;
        var steps = (int)(seconds / Step);
        var ends = routes.Select(_ => new int[steps + 1]).ToArray();
        var mood = routes.Select(route => route.Unrest * Dice.Normal(random)).ToArray();
        var running = new double[routes.Count];
        var finished = new long[routes.Count];
        var noise = new Noise(besides.Noise, besides.Megabytes, random);
        var (left, garbage, collection, top) = (0.0, 0.0, besides.Collections * random.NextDouble(), 0.0);
        var (nextMemory, nextTraffic) = (0.0, sampling * random.NextDouble());
        var memory = ImmutableArray.CreateBuilder<MemorySample>();
        var traffic = ImmutableArray.CreateBuilder<TrafficSample>();
        for (var step = 0; step < steps; step++)
        {
            var time = step * Step;
            var started = new int[routes.Count];
            for (var i = 0; i < routes.Count; i++)
            {
                var route = routes[i];
                var memoryOfMood = Math.Exp(-Step / route.Pace);
                mood[i] = (memoryOfMood * mood[i]) + (route.Unrest * Math.Sqrt(1 - (memoryOfMood * memoryOfMood)) * Dice.Normal(random));
                started[i] = route.After is { } first ? started[first] : Poisson(route.Rate * shape(time) * Math.Exp(mood[i]) * Step, random);
                for (var request = 0; request < started[i]; request++)
                    ends[i][Math.Min(steps, step + (int)(route.Seconds * Dice.Uniform(random, 0.5, 1.5) / Step))]++;
                running[i] += started[i] - ends[i][step];
                finished[i] += ends[i][step];
                left += started[i] * route.Leaves;
                garbage += started[i] * route.Garbage;
            }

            if (time >= collection)
                (garbage, collection) = (0, collection + (besides.Collections * Dice.Uniform(random, 0.7, 1.3)));
            if (time >= nextMemory)
            {
                nextMemory += sampling * Dice.Uniform(random, 0.9, 1.1);
                var held = routes.Select((route, i) => running[i] * route.Holds).Sum();
                var bytes = left + garbage + held + ((60 + noise.Next(sampling) + (besides.Background * time) + besides.Shape(time)) * ByteSize.MB);
                // Free memory inside what the allocator has is used before it asks for more.
                top = Math.Max(bytes, Math.Min(top, bytes + besides.Grain));
                var anonymous = new ByteSize((long)(Math.Ceiling(Math.Max(0, top) / besides.Grain) * besides.Grain));
                memory.Add(new(TimeSpan.FromSeconds(time), anonymous + ByteSize.FromMB(30), anonymous, ByteSize.Zero, ByteSize.FromMB(4000)));
            }

            if (time >= nextTraffic)
            {
                nextTraffic += sampling;
                traffic.Add(new(TimeSpan.FromSeconds(time), [.. finished]));
            }
        }

        return new(
            [.. routes.Select(route => route.Leaves)],
            memory.ToImmutable(),
            new Traffic([.. routes.Select((_, i) => $"GET /{i}")], traffic.ToImmutable(), 0));
    }

    private static int Poisson(double mean, Random random)
    {
        var (count, product, limit) = (0, random.NextDouble(), Math.Exp(-mean));
        while (product > limit)
        {
            product *= random.NextDouble();
            count++;
        }

        return count;
    }
}
