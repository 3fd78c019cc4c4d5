using System.Collections.Immutable;
using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Usage;
using LeakySpanner.Sidecar.View;
using LeakySpanner.Target.Requests;

namespace LeakySpanner.Sidecar.Endpoints;

/// <summary>The endpoints of the service by name, over all workers. Bounded: a service that names its endpoints by user cannot fill us.</summary>
internal sealed class EndpointTable
{
    public const int MostEndpoints = 500;

    private readonly Dictionary<(string Name, RequestKind Kind), EndpointStatistics> _byName = [];
    private readonly List<EndpointStatistics> _all = [];

    /// <summary>How many there are; indexes lie below it and stay what they are.</summary>
    public int Count => _all.Count;

    public EndpointStatistics this[int index] => _all[index];

    public EndpointStatistics Of(string name, RequestKind kind)
    {
        if (_byName.TryGetValue((name, kind), out var known))
            return known;
        if (_all.Count >= MostEndpoints && name != RequestRing.Other)
            return Of(RequestRing.Other, kind);
        var added = new EndpointStatistics(_all.Count, name, kind);
        _all.Add(added);
        _byName.Add((name, kind), added);
        return added;
    }

    public ImmutableArray<EndpointView> View(RouteCosts? costs)
    {
        var byRoute = costs?.Routes.ToDictionary(cost => cost.Route, StringComparer.Ordinal);
        return [.. _all.Select(endpoint => endpoint.View(endpoint.IsTraffic ? byRoute?.GetValueOrDefault(endpoint.Name) : null))];
    }
}
