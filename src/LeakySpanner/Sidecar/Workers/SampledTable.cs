using LeakySpanner.Model.Usage;

namespace LeakySpanner.Sidecar.Workers;

/// <summary>Samples in the form in which the runtime's own table is told.</summary>
internal static class SampledTable
{
    public static AllocationTable Of(LiveAllocations live) => new(
        IsTracing: false,
        [.. live.Sites.Select(site => new AllocationSite(site.File, site.Line, (long)Math.Round(site.Blocks), (long)Math.Round(site.Bytes)))],
        (long)Math.Round(live.Endpoints.Sum(endpoint => endpoint.Blocks)),
        (long)Math.Round(live.Bytes),
        1,
        live.Samples == 0 ? "nothing was sampled yet" : null)
    {
        Sampled = live,
    };
}
