using System.Collections.Immutable;
using LeakySpanner.Analysis.Trend;
using LeakySpanner.Model;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.Analysis.Growth;

/// <summary>Censuses through time, asked for one container or type.</summary>
public sealed class CensusSeries(ImmutableArray<HeapCensus> censuses)
{
    private readonly ImmutableArray<HeapCensus> _censuses = censuses.IsDefault ? [] : censuses;
    private readonly Lazy<Dictionary<Address, List<(TimeSpan At, double Count)>>> _lengths = new(() =>
    {
        var lengths = new Dictionary<Address, List<(TimeSpan, double)>>();
        foreach (var census in censuses.IsDefault ? [] : censuses)
        {
            foreach (var container in census.Containers)
            {
                if (!lengths.TryGetValue(container.Address, out var points))
                    lengths[container.Address] = points = [];
                points.Add((census.At, container.Length));
            }
        }

        return lengths;
    });

    public CollectorState? Collector => _censuses.IsEmpty ? null : _censuses[^1].Collector;

    /// <summary>How a container's length developed; null where no census lists it.</summary>
    public CountTrend? OfContainer(Address address) =>
        _lengths.Value.TryGetValue(address, out var points) ? CountTrend.Of(points) : null;

    /// <summary>How the number of a type's objects developed; null where no census lists it.</summary>
    public CountTrend? OfType(string name)
    {
        var points = new List<(TimeSpan, double)>();
        foreach (var census in _censuses)
        {
            var count = census.Types.Where(type => type.Name == name).Sum(type => type.Count);
            if (count > 0 || points.Count > 0)
                points.Add((census.At, count));
        }

        return points.Count == 0 ? null : CountTrend.Of(points);
    }

    /// <summary>Collections of the oldest generation between the first census and the last; null where unknown.</summary>
    public long? FullCollections =>
        _censuses is [{ Collector.Collections: [.., var first] }, .., { Collector.Collections: [.., var last] }] ? last - first : null;
}
