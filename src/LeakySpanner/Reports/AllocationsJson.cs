using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.Reports;

/// <summary>Schema leakyspanner.allocations/1.</summary>
internal sealed record AllocationsJson(
    string Schema, ProcessJson Process, bool Tracing, long Blocks, long Bytes, double SampledShare, IReadOnlyList<AllocationJson> Sites, string? Note)
{
    public static AllocationsJson Of(ProcessFacts process, AllocationTable table) => new(
        "leakyspanner.allocations/1", ProcessJson.Of(process), table.IsTracing, table.Count, table.Bytes, Math.Round(table.SampledShare, 4),
        [.. table.Sites.Select(site => new AllocationJson(site.File, site.Line, site.Count, site.Bytes))], table.Note);
}

internal sealed record AllocationJson(string File, int Line, long Blocks, long Bytes);
