using System.Collections.Immutable;
using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Analysis.Attribution;

/// <param name="Route">The row of the routing table.</param>
/// <param name="Calls">How many calls lie between the endpoint and the function asked about; 0 where it is the endpoint.</param>
public readonly record struct ReachedRoute(RouteInfo Route, int Calls)
{
    public const string EveryRequest = "every request";

    public string Name => Route.Template == "*" ? EveryRequest : Route.ToString();
}

/// <summary>The routes from which a function is reached, directly or through the functions that they name.</summary>
public sealed class EndpointFinder(ProgramIndex program)
{
    private const int MostCalls = 8;

    private readonly CallGraph _calls = new(program);
    private readonly Dictionary<RouteInfo, Dictionary<int, int>> _reached = [];

    /// <summary>The nearest first. What runs for every request hides the single routes: they would all be named.</summary>
    public ImmutableArray<ReachedRoute> RoutesTo(IEnumerable<NodeId> codes)
    {
        var wanted = codes.Select(code => code.Value).ToHashSet();
        var found = new List<ReachedRoute>();
        foreach (var route in program.Graph.Routes)
        {
            var reached = ReachedFrom(route);
            var nearest = wanted.Where(reached.ContainsKey).Select(code => reached[code]).DefaultIfEmpty(int.MaxValue).Min();
            if (nearest < int.MaxValue)
                found.Add(new ReachedRoute(route, nearest));
        }

        var every = found.Where(route => route.Route.Template == "*").OrderBy(route => route.Calls).Take(1).ToImmutableArray();
        return every.IsEmpty
            ? [.. found.OrderBy(route => route.Calls).ThenBy(route => route.Name, StringComparer.Ordinal)]
            : every;
    }

    /// <summary>Routes of a report's fills, as findings: not measured, so without shares.</summary>
    public ImmutableArray<EndpointShare> SharesOf(SiteReport report) =>
        [.. RoutesTo(report.Fills.Select(fill => fill.Code)).Select(route => new EndpointShare(route.Name, null, null))];

    /// <summary>Breadth first, through application code only: what a framework runs is not what the route asks for.</summary>
    private Dictionary<int, int> ReachedFrom(RouteInfo route)
    {
        if (_reached.TryGetValue(route, out var known))
            return known;
        var distances = new Dictionary<int, int>();
        var waiting = new Queue<NodeId>();
        foreach (var callable in route.Dependencies.Insert(0, route.Endpoint))
        {
            foreach (var code in _calls.CodesOf(callable))
            {
                if (distances.TryAdd(code.Value, 0))
                    waiting.Enqueue(code);
            }
        }

        while (waiting.TryDequeue(out var code))
        {
            var calls = distances[code.Value];
            if (calls == MostCalls || (calls > 0 && !program.IsApplication(code)))
                continue;
            foreach (var callee in _calls.CalleesOf(code))
            {
                if (distances.TryAdd(callee.Value, calls + 1))
                    waiting.Enqueue(callee);
            }
        }

        return _reached[route] = distances;
    }
}
