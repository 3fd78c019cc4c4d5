using System.Collections.Immutable;
using System.Globalization;
using LeakySpanner.Model.Findings;

namespace LeakySpanner.Analysis.Diagnosis;

/// <summary>Says where samples, regression and code do not agree on a suspect. Which of them is right is for the reader: each errs in its own way.</summary>
internal static class Disagreements
{
    /// <summary>Of a suspect's samples, what one way must say for its silence in another to matter; and what counts as silence.</summary>
    private const double Most = 0.3;
    private const double Little = 0.1;

    /// <summary>Endpoints as samples alone had them, by suspect.</summary>
    public static ImmutableArray<Suspect> Tell(ImmutableArray<Suspect> suspects, RouteCosts? costs) =>
        [.. suspects.Select(suspect => suspect.Samples is null ? suspect : suspect with { Disagreement = Of(suspect, costs) })];

    private static string? Of(Suspect suspect, RouteCosts? costs)
    {
        var said = new List<string>();
        foreach (var cost in costs?.Routes ?? [])
        {
            var sampled = suspect.Endpoints.FirstOrDefault(endpoint => endpoint.Route == cost.Route)?.SampledShare ?? 0;
            if (sampled >= Most && !cost.IsLeaking && cost.High * cost.Requests < Little * sampled * Grown(suspect, costs!))
                said.Add($"samples charge {Percent(sampled)} of it to {cost.Route}, of whose requests the regression finds nothing left");
            if (cost.IsLeaking && sampled < Little && cost.ShareOfGrowth >= Most && suspect.Endpoints.Any(endpoint => endpoint.Route == cost.Route && !endpoint.Inferred))
                said.Add($"the regression charges {cost.Route}, samples do not ({Percent(sampled)} of it)");
        }

        var fills = suspect.AllocatedAt.Where(site => site.Fills).ToList();
        if (fills.Count > 0 && fills.TrueForAll(site => site.SampledShare < Little) && suspect.AllocatedAt.FirstOrDefault(site => site.SampledShare >= Most) is { } asked)
            said.Add($"code that fills it was found in {fills[0].Function}(), samples of it come from {asked.Function}()");
        return said.Count == 0 ? null : string.Join("; ", said);
    }

    /// <summary>Bytes that requests left in all, as the regression has it.</summary>
    private static double Grown(Suspect suspect, RouteCosts costs) =>
        (suspect.ShareOfGrowth ?? 1) * costs.Routes.Where(cost => cost.IsLeaking).Sum(cost => cost.BytesPerRequest * cost.Requests);

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0} %");
}
