using LeakySpanner.Model.Usage;

namespace LeakySpanner.Web.Json;

/// <param name="TopAllocations">The same as <paramref name="Allocations"/>, in the words of Python's tracemalloc.</param>
/// <param name="Tracing">Whether tracemalloc is on.</param>
/// <param name="SampledShare">Of the table; below 1 the numbers are estimates.</param>
/// <param name="Source">"tracemalloc", "samples" (of the agent: estimates), or null where there are no allocations.</param>
/// <param name="Samples">On which the estimates stand; 0 where they are none.</param>
/// <param name="Endpoints">Where samples tell: who asked for the memory, by bytes.</param>
/// <param name="Note">Why there are no allocations, or what could not be read.</param>
internal sealed record AllocationsJson(
    IReadOnlyList<string> TopAllocations,
    string Schema,
    int Pid,
    bool Tracing,
    long TotalBytes,
    long TotalCount,
    double SampledShare,
    IReadOnlyList<AllocationJson> Allocations,
    string? Note,
    string? Source,
    long Samples,
    IReadOnlyList<LiveEndpointJson> Endpoints)
{
    public static AllocationsJson Of(int pid, AllocationTable table, int limit)
    {
        var sites = table.Sites.Take(limit).ToList();
        return new AllocationsJson(
            [.. sites.Select(AllocationText.Of)],
            "leakyspanner.allocations/1",
            pid,
            table.IsTracing,
            table.Bytes,
            table.Count,
            Math.Round(table.SampledShare, 4),
            [.. sites.Select(site => AllocationJson.Of(site, table.Bytes))],
            table.Note,
            table.Sampled is not null ? "samples" : table.IsTracing ? "tracemalloc" : null,
            table.Sampled?.Samples ?? 0,
            [.. (table.Sampled?.Endpoints ?? []).Take(limit).Select(endpoint => LiveEndpointJson.Of(endpoint, table.Bytes))]);
    }
}

internal sealed record AllocationJson(string File, int Line, long Bytes, long Count, double? AverageBytes, double? Share)
{
    public static AllocationJson Of(AllocationSite site, long total) => new(
        site.File, site.Line, site.Bytes, site.Count,
        site.Count > 0 ? Figure.Rounded((double)site.Bytes / site.Count, 1) : null,
        total > 0 ? Figure.Rounded((double)site.Bytes / total, 4) : null);
}

internal sealed record LiveEndpointJson(string Endpoint, long Bytes, long Count, long Samples, double? Share, IReadOnlyList<LiveSiteJson> Sites)
{
    public static LiveEndpointJson Of(LiveEndpoint endpoint, long total) => new(
        endpoint.Route, (long)Math.Round(endpoint.Bytes), (long)Math.Round(endpoint.Blocks), endpoint.Samples,
        total > 0 ? Figure.Rounded(endpoint.Bytes / total, 4) : null,
        [.. endpoint.Sites.Select(site => new LiveSiteJson(site.File, site.Line, site.Function, (long)Math.Round(site.Bytes), site.Samples))]);
}

internal sealed record LiveSiteJson(string File, int Line, string Function, long Bytes, long Samples);
