using System.Collections.Immutable;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.Sidecar.Endpoints;

/// <summary>Counts durations into the buckets of <see cref="LatencyHistogram"/>.</summary>
internal sealed class LatencyTally
{
    private readonly long[] _counts = new long[LatencyHistogram.Bounds.Length + 1];
    private double _sum;

    public double LongestSeconds { get; private set; }

    public void Add(long nanoseconds)
    {
        var seconds = nanoseconds / 1e9;
        var bucket = 0;
        while (bucket < LatencyHistogram.Bounds.Length && seconds > LatencyHistogram.Bounds[bucket])
            bucket++;
        _counts[bucket]++;
        _sum += seconds;
        LongestSeconds = Math.Max(LongestSeconds, seconds);
    }

    public LatencyHistogram ToHistogram() => new(ImmutableArray.Create(_counts), _sum);
}
