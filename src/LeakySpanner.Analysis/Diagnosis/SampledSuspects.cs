using System.Collections.Immutable;
using LeakySpanner.Analysis.Attribution;
using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.Analysis.Diagnosis;

/// <summary>What samples of its growth say of a suspect: the lines that asked for the memory, and the requests on whose behalf. It stands beside
/// what code and regression say; where they do not agree, both stay.</summary>
internal static class SampledSuspects
{
    /// <summary>Fewer name nobody: the error of a share is about one over the root of their number.</summary>
    private const int LeastSamples = 10;

    private const double LeastShare = 0.03;
    private const int ListedSites = 3;
    private const int ListedEndpoints = 5;

    /// <summary>Of a normal distribution.</summary>
    private const double NinetyFivePercent = 1.96;

    public static List<Candidate> Join(DiagnosisContext context, List<Candidate> candidates)
    {
        var growth = SampledGrowth.Of(context, candidates);
        return [.. candidates.Select(candidate => growth.HeldBy(candidate) is { Count: >= LeastSamples } held ? Join(context, candidate, held) : candidate)];
    }

    private static Candidate Join(DiagnosisContext context, Candidate candidate, IReadOnlyList<SampledBlock> held)
    {
        var whole = held.Sum(block => block.WeightBytes);
        var suspect = candidate.Suspect;
        return candidate with
        {
            Suspect = suspect with
            {
                AllocatedAt = Sites(context, suspect.AllocatedAt, held, whole),
                // Of requests in progress nobody knows the route yet.
                Endpoints = Endpoints(context, suspect.Endpoints, [.. held.Where(block => block.Route != SampledRoute.Unfinished)]),
                Samples = held.Count,
                OutsideRequests = context.Evidence.Traffic is null ? null : held.Where(block => block.Route == SampledRoute.None).Sum(block => block.WeightBytes) / whole,
            },
        };
    }

    /// <summary>Where most was asked for, then the lines that fill it, each with the share of the samples that came through its function.</summary>
    private static ImmutableArray<Site> Sites(DiagnosisContext context, ImmutableArray<Site> fills, IReadOnlyList<SampledBlock> held, double whole)
    {
        var folder = context.Evidence.WorkingDirectory;
        var asked = held.GroupBy(block => SiteOf(block.Frames, folder))
            .Where(group => group.Key is not null)
            .Select(group => group.Key! with { SampledShare = group.Sum(block => block.WeightBytes) / whole })
            .Where(site => site.SampledShare >= LeastShare)
            .OrderByDescending(site => site.SampledShare).ThenBy(site => site.File, StringComparer.Ordinal).ThenBy(site => site.Line)
            .Take(ListedSites)
            // The code that fills it is in the function; what a generator in the same line asks for is asked for by that.
            .Select(site => fills.FirstOrDefault(fill => IsSameLine(fill, site)) is { } fill ? site with { Fills = true, Function = fill.Function } : site);
        var others = fills.Select(fill => fill with
        {
            SampledShare = held.Where(block => block.Frames.Any(frame => IsIn(frame, fill, folder))).Sum(block => block.WeightBytes) / whole,
        });
        return [.. asked.Concat(others.Select(fill => fill.SampledShare >= LeastShare ? fill with { Inferred = false } : fill)).DistinctBy(site => (site.File, site.Line))];
    }

    private static ImmutableArray<EndpointShare> Endpoints(
        DiagnosisContext context, ImmutableArray<EndpointShare> inferred, IReadOnlyList<SampledBlock> held)
    {
        if (held.Count < LeastSamples || context.Evidence.Traffic is null)
            return inferred;
        var whole = held.Sum(block => block.WeightBytes);
        var sampled = held.Where(block => SampledRoute.IsRoute(block.Route)).GroupBy(block => block.Route)
            .Select(group => (Route: group.Key, Bytes: group.Sum(block => block.WeightBytes), Samples: group.Count()))
            .Where(route => route.Bytes >= LeastShare * whole)
            .OrderByDescending(route => route.Bytes).ThenBy(route => route.Route, StringComparer.Ordinal).Take(ListedEndpoints)
            .Select(route => Measured(context, route.Route, route.Bytes, route.Samples, whole)).ToList();
        var others = inferred.Where(endpoint => !sampled.Exists(known => known.Route == endpoint.Route)).Select(endpoint => endpoint with { SampledShare = 0 });
        return [.. sampled.Concat(others).Take(ListedEndpoints)];
    }

    /// <summary>Bytes per request where it is known how many requests there were.</summary>
    private static EndpointShare Measured(DiagnosisContext context, string route, double bytes, int samples, double whole)
    {
        var share = bytes / whole;
        var requests = context.Evidence.Traffic is { Samples: [.., var last] } traffic && traffic.Routes.IndexOf(route) is >= 0 and var index && index < last.Finished.Length
            ? last.Finished[index] : 0;
        if (requests == 0)
            return new EndpointShare(route, share, null, Inferred: false) { SampledShare = share };
        var each = bytes / requests;
        var error = samples < LeastSamples ? each : NinetyFivePercent * each / Math.Sqrt(samples);
        return new EndpointShare(route, share, each, Inferred: false, Math.Max(0, each - error), each + error) { SampledShare = share };
    }

    /// <summary>The innermost line of the application; of anybody where none of its functions was running.</summary>
    private static Site? SiteOf(ImmutableArray<CallFrame> frames, string? folder)
    {
        CallFrame? found = null;
        for (var i = frames.Length - 1; i >= 0; i--)
        {
            if (frames[i].IsNative)
                continue;
            found ??= frames[i];
            if (!SourceFiles.IsApplication(frames[i].File))
                continue;
            found = frames[i];
            break;
        }

        return found is { } frame ? new Site(SourceFiles.Shown(frame.File, folder), frame.Line, frame.Function, Inferred: false) { Fills = false } : null;
    }

    private static bool IsIn(CallFrame frame, Site site, string? folder) =>
        LastName(frame.Function) == LastName(site.Function) && SourceFiles.Shown(frame.File, folder) == site.File;

    private static bool IsSameLine(Site one, Site other) => one.File == other.File && one.Line == other.Line;

    /// <summary>Before 3.11 a function does not know where it stands.</summary>
    private static string LastName(string function) => function[(function.LastIndexOf('.') + 1)..];
}
