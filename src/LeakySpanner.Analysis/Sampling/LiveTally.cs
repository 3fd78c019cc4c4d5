using System.Collections.Immutable;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.Analysis.Sampling;

/// <summary>Adds sampled blocks up, by line and by endpoint.</summary>
public static class LiveTally
{
    private const int MostSites = 1000;

    private const int SitesOfEndpoint = 5;

    /// <param name="bytes">Of a sampled block, as asked for.</param>
    /// <param name="meanBytes">Mean distance of two samples.</param>
    /// <returns>Blocks for which it stands: one over the probability that it was sampled (Horvitz and Thompson 1952).</returns>
    public static double Weight(long bytes, long meanBytes) => 1 / (1 - Math.Exp(-(double)Math.Max(1, bytes) / meanBytes));

    public static LiveAllocations Of(IReadOnlyCollection<SampledBlock> blocks, long meanBytes)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        var endpoints = blocks.GroupBy(block => block.Route, StringComparer.Ordinal)
            .Select(group => new LiveEndpoint(
                group.Key, group.Sum(block => block.WeightBytes), group.Sum(block => block.Weight), group.LongCount(), Sites(group, SitesOfEndpoint)));
        return new LiveAllocations(
            blocks.Sum(block => block.WeightBytes), blocks.Count, meanBytes, Sites(blocks, MostSites),
            [.. endpoints.OrderByDescending(endpoint => endpoint.Bytes).ThenBy(endpoint => endpoint.Route, StringComparer.Ordinal)]);
    }

    private static ImmutableArray<LiveSite> Sites(IEnumerable<SampledBlock> blocks, int most) =>
    [
        .. blocks.GroupBy(block => SiteOf(block.Frames))
            .Select(group => new LiveSite(
                group.Key.File, group.Key.Line, group.Key.Function, group.Sum(block => block.WeightBytes), group.Sum(block => block.Weight), group.LongCount()))
            .OrderByDescending(site => site.Bytes).ThenBy(site => site.File, StringComparer.Ordinal).ThenBy(site => site.Line).Take(most),
    ];

    /// <summary>The innermost Python function, as tracemalloc counts; a library where there is none.</summary>
    private static (string File, int Line, string Function) SiteOf(ImmutableArray<CallFrame> frames)
    {
        for (var i = frames.Length - 1; i >= 0; i--)
        {
            if (!frames[i].IsNative)
                return (frames[i].File, frames[i].Line, frames[i].Function);
        }

        return (frames.IsEmpty ? "" : frames[^1].Function, 0, "");
    }
}
