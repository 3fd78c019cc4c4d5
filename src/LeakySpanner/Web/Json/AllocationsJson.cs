using LeakySpanner.Model.Usage;

namespace LeakySpanner.Web.Json;

/// <param name="TopAllocations">The same as <paramref name="Allocations"/>, in the words of Python's tracemalloc.</param>
/// <param name="Tracing">False where tracemalloc is off; then there are no allocations.</param>
/// <param name="SampledShare">Of the table; below 1 the numbers are estimates.</param>
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
    string? Note)
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
            table.Note);
    }
}

internal sealed record AllocationJson(string File, int Line, long Bytes, long Count, double? AverageBytes, double? Share)
{
    public static AllocationJson Of(AllocationSite site, long total) => new(
        site.File, site.Line, site.Bytes, site.Count,
        site.Count > 0 ? Figure.Rounded((double)site.Bytes / site.Count, 1) : null,
        total > 0 ? Figure.Rounded((double)site.Bytes / total, 4) : null);
}
