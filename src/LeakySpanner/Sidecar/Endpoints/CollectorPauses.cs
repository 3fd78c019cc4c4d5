using System.Collections.Immutable;
using LeakySpanner.Model.Usage;
using LeakySpanner.Sidecar.View;

namespace LeakySpanner.Sidecar.Endpoints;

/// <summary>Collections of the runtime's cyclic collector that the shim timed, by generation.</summary>
internal sealed class CollectorPauses
{
    /// <summary>CPython has three, and a permanent one that is never collected.</summary>
    private const int Generations = 4;

    private readonly LatencyTally?[] _timed = new LatencyTally?[Generations];
    private readonly long[] _collected = new long[Generations];

    public void Add(in RequestRecord record)
    {
        var generation = Math.Clamp(record.Status, 0, Generations - 1);
        (_timed[generation] ??= new LatencyTally()).Add(record.DurationNanoseconds);
        _collected[generation] += record.ResponseBytes;
    }

    public ImmutableArray<PauseView> View()
    {
        var pauses = ImmutableArray.CreateBuilder<PauseView>();
        for (var generation = 0; generation < Generations; generation++)
        {
            if (_timed[generation] is { } timed)
                pauses.Add(new PauseView(generation, timed.ToHistogram(), timed.LongestSeconds, _collected[generation]));
        }

        return pauses.DrainToImmutable();
    }
}
