using System.Collections.Immutable;

namespace LeakySpanner.Model.Usage;

/// <summary>Durations counted in fixed buckets.</summary>
/// <param name="Counts">Per bucket, not cumulative; one more than <see cref="Bounds"/>, for what took longer than the last.</param>
/// <param name="SumSeconds">Of all durations.</param>
public sealed record LatencyHistogram(ImmutableArray<long> Counts, double SumSeconds)
{
    /// <summary>Upper bounds in seconds, inclusive.</summary>
    public static ImmutableArray<double> Bounds { get; } = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    public long Count => Counts.Sum();
}
