using System.Collections.Immutable;
using System.Globalization;
using LeakySpanner.Analysis.Attribution;
using LeakySpanner.Model;
using LeakySpanner.Model.Findings;

namespace LeakySpanner.Analysis.Diagnosis;

/// <summary>
/// What the regression over requests says of the suspects' endpoints. It confirms a route that code leads from, names one
/// that code did not lead to, and takes out one that leaves nothing behind.
/// </summary>
internal static class MeasuredEndpoints
{
    private const int Listed = 5;

    /// <summary>Of the growth: what a suspect must explain, and a route must leave, to be put together although no code connects them.</summary>
    private const double Most = 0.5;

    /// <summary>A route that leaves at most so much of a suspect's growth, and maybe nothing, is not where that comes from.</summary>
    private const double Negligible = 0.2;

    public static ImmutableArray<Suspect> Join(ImmutableArray<Suspect> suspects, RouteCosts costs, MeasuredGrowth measured)
    {
        var named = suspects.SelectMany(suspect => suspect.Endpoints.Select(endpoint => (endpoint.Route, Share: suspect.ShareOfGrowth ?? 0)))
            .GroupBy(pair => pair.Route).ToDictionary(group => group.Key, group => group.Sum(pair => pair.Share));
        return [.. suspects.Select(suspect => IsMemory(suspect) ? Join(suspect, costs, named, measured) : suspect)];
    }

    /// <summary>Routes that leave memory behind, none of which is told with a suspect.</summary>
    public static IEnumerable<string> Notes(IReadOnlyList<Suspect> suspects, RouteCosts costs)
    {
        var told = suspects.SelectMany(suspect => suspect.Endpoints).Where(endpoint => !endpoint.Inferred).Select(endpoint => endpoint.Route).ToHashSet();
        foreach (var cost in costs.Routes.Where(cost => cost.IsLeaking && !told.Contains(cost.Route)).Take(Listed))
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"A request of {cost.Route} leaves {Bytes(cost.BytesPerRequest)} behind ({Bytes(cost.Low)} to {Bytes(cost.High)}), as measured over {cost.Requests:N0} requests; which of the above holds it is not known.");
        }

        foreach (var note in costs.Notes)
            yield return note;
    }

    private static bool IsMemory(Suspect suspect) =>
        suspect is { IsExpected: false, ShareOfGrowth: > 0, Kind: not (SuspectKind.Thread or SuspectKind.FileDescriptor) };

    private static Suspect Join(Suspect suspect, RouteCosts costs, Dictionary<string, double> named, MeasuredGrowth measured)
    {
        var leaking = costs.Routes.Where(cost => cost.IsLeaking).ToList();
        var every = suspect.Endpoints.Any(endpoint => endpoint.Route == ReachedRoute.EveryRequest);
        var guilty = leaking.Where(cost => every || suspect.Endpoints.Any(endpoint => endpoint.Route == cost.Route)).ToList();
        if (guilty.Count == 0)
        {
            // No code was found that leads there; but where one route leaves nearly all and one suspect has nearly all, they belong together.
            guilty = leaking.Count == 1 && suspect.ShareOfGrowth >= Most && leaking[0].ShareOfGrowth >= Most ? leaking : [];
            if (guilty.Count == 0)
                return suspect;
        }

        var whole = guilty.Sum(Left);
        var shares = guilty.Take(Listed).Select(cost =>
        {
            // What a route leaves is shared out among the suspects that it leads to.
            var part = named.GetValueOrDefault(cost.Route) is > 0 and var all && !every ? Math.Min(1, (suspect.ShareOfGrowth ?? 0) / all) : 1;
            return new EndpointShare(cost.Route, guilty.Count == 1 ? cost.ShareOfGrowth : Left(cost) / whole, part * cost.BytesPerRequest, false, part * cost.Low, part * cost.High)
            {
                SampledShare = suspect.Endpoints.FirstOrDefault(endpoint => endpoint.Route == cost.Route)?.SampledShare ?? (suspect.Samples is null ? null : 0),
            };
        });
        var others = suspect.Endpoints.Where(endpoint => !guilty.Exists(cost => cost.Route == endpoint.Route) && !IsCleared(endpoint, suspect, costs, measured));
        return suspect with { Endpoints = [.. shares.Concat(others).Take(Listed)] };
    }

    /// <summary>Called often enough to show, and shown to leave next to nothing of this; or not called at all.</summary>
    private static bool IsCleared(EndpointShare endpoint, Suspect suspect, RouteCosts costs, MeasuredGrowth measured)
    {
        if (endpoint.Route == ReachedRoute.EveryRequest)
            return true;
        // Seen to allocate what the suspect holds: then both are told.
        if (endpoint.SampledShare >= Negligible)
            return false;
        var cost = costs.Routes.FirstOrDefault(cost => cost.Route == endpoint.Route);
        return cost is { IsLeaking: false } && cost.High * cost.Requests < Negligible * (suspect.ShareOfGrowth ?? 0) * measured.Whole;
    }

    private static double Left(RouteCost cost) => cost.BytesPerRequest * cost.Requests;

    private static ByteSize Bytes(double bytes) => new((long)Math.Round(bytes));
}
