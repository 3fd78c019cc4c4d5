using System.Collections.Immutable;
using LeakySpanner.Analysis.Attribution;
using LeakySpanner.Analysis.Rhythm;
using LeakySpanner.Model.Findings;
using LeakySpanner.Scanning.Logs.Facts;

namespace LeakySpanner.Sessions.Logs;

/// <summary>Where what logs say meets the statistics that judge it. No input or output.</summary>
internal static class LogSession
{
    private const int MostPrecursors = 8;

    public static LogReport Analyze(LogFacts facts)
    {
        var subjects = SubjectJudge.Judge(facts);
        var kills = facts.Kills.Where(kill => kill.Cause != KillCause.Timeout).ToImmutableArray();
        var times = Comparable(kills);
        var clock = facts.HasTimeOfDay || kills.Any(kill => kill.At.HasDate) ? ClockPeriod.Of(times) : null;
        var gaps = Gaps.Of(times);
        var precursors = Precursors(facts);
        var costs = Costs(facts);
        var notes = ImmutableArray.CreateBuilder<string>();
        notes.AddRange(facts.Remarks);
        if (kills.Length > 0 && facts.Windows.Count < 3 && facts.Endpoints.Length + facts.Notes.Length > 0)
            notes.Add("what repeats before kills needs three of them, with requests or messages of the same time");
        if (facts.KillsInAll > facts.Kills.Length)
            notes.Add($"{facts.KillsInAll} kills; the first {facts.Kills.Length} are looked at");
        if (costs is { Routes.IsEmpty: true })
            notes.AddRange(costs.Notes);

        var next = Forecast.Of(facts, subjects, kills, clock, gaps);
        return new(
            facts,
            subjects,
            kills,
            facts.Kills.Length - kills.Length,
            clock,
            gaps,
            precursors,
            next,
            Rank(facts, costs),
            KillCauses.Of(facts, subjects, kills, clock, gaps, precursors, costs),
            notes.ToImmutable());
    }

    /// <summary>Times with a date, or all where none has one: the kernel's count from its start, which is no time of day.</summary>
    private static List<long> Comparable(ImmutableArray<KillIncident> kills)
    {
        var dated = kills.Any(kill => kill.At.HasDate);
        return [.. kills.Where(kill => kill.At.IsKnown && kill.At.HasDate == dated).Select(kill => kill.At.Ticks)];
    }

    private static ImmutableArray<PrecursorFinding> Precursors(LogFacts facts)
    {
        var windows = facts.Windows;
        var compared = facts.Endpoints.Length + facts.Notes.Length;
        return
        [
            .. facts.Endpoints.Select(endpoint => (endpoint.Name, Kind: "endpoint", Total: endpoint.Requests, endpoint.Before))
                .Concat(facts.Notes.Select(note => (Name: note.Text, Kind: note.IsJob ? "job" : "message", Total: note.Count, note.Before)))
                .Select(thing => (thing.Name, thing.Kind, Found: Precursor.Of(
                    thing.Before.Windows, thing.Before.Count, thing.Total, windows.Count, windows.Covered, windows.Whole, compared)))
                .Where(thing => thing.Found is not null)
                .Select(thing => new PrecursorFinding(thing.Name, thing.Kind, thing.Found!.Value))
                .OrderBy(finding => finding.Precursor.Chance)
                .ThenBy(finding => finding.Kind == "message")
                .ThenBy(finding => finding.Name, StringComparer.Ordinal)
                .Take(MostPrecursors),
        ];
    }

    /// <summary>Of the life with most samples: across a restart there is nothing to regress.</summary>
    private static RouteCosts? Costs(LogFacts facts)
    {
        if (facts.Traffic is null || facts.Series.IsEmpty)
            return null;
        var restarts = facts.Kills.Select(kill => kill.At).Concat(facts.Starts).Where(at => at.IsKnown).Order().Select(at => at - facts.First).ToList();
        var longest = facts.Series.SelectMany(series =>
        {
            var samples = SubjectJudge.Samples(series, facts.First);
            return Analysis.Trend.Lives.Split(samples, restarts, series.Limit is { } limit ? new Model.ByteSize(limit) : null).Select(life => samples[life]);
        }).MaxBy(life => life.Length);
        return longest is null ? null : RequestRegression.Fit(longest, facts.Traffic);
    }

    private static ImmutableArray<RankedEndpoint> Rank(LogFacts facts, RouteCosts? costs)
    {
        var byRoute = costs?.Routes.ToDictionary(cost => cost.Route, StringComparer.Ordinal) ?? [];
        var windows = facts.Windows;
        return
        [
            .. facts.Endpoints.Select(endpoint => new RankedEndpoint(
                    endpoint,
                    byRoute.GetValueOrDefault(endpoint.Name),
                    Precursor.Of(endpoint.Before.Windows, endpoint.Before.Count, endpoint.Requests, windows.Count, windows.Covered, windows.Whole, facts.Endpoints.Length)))
                .OrderByDescending(ranked => ranked.Cost is { IsLeaking: true } cost ? cost.BytesPerRequest * ranked.Endpoint.Requests : 0)
                .ThenByDescending(ranked => Math.Max(0, ranked.Endpoint.BytesPerRequest ?? 0))
                .ThenByDescending(ranked => Math.Max(0, ranked.Endpoint.DeltaAverage ?? 0))
                .ThenBy(ranked => ranked.Precursor?.Chance ?? 1)
                .ThenByDescending(ranked => ranked.Endpoint.Requests)
                .ThenBy(ranked => ranked.Endpoint.Name, StringComparer.Ordinal),
        ];
    }
}
