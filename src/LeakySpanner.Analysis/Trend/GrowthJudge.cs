using LeakySpanner.Model;
using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.Analysis.Trend;

/// <summary>
/// Leak, no leak, or too early to tell, from anonymous memory (resident and swapped out) alone. A leak is growth that keeps
/// its pace to the end, that nothing gave back, and that no shape which ends explains about as well. See docs/verdict.md.
/// </summary>
public static class GrowthJudge
{
    private static readonly TimeSpan LeastTime = TimeSpan.FromSeconds(10);
    private const int LeastPoints = 8;

    /// <summary>
    /// Cost O(n log n) in the samples; what follows works on at most 60 blocks. Samples are expected in order of time, at any
    /// spacing; one that goes back in time is dropped. Never throws because of what was measured.
    /// </summary>
    /// <param name="samples">From 10 seconds to hours of them.</param>
    /// <param name="limit">The memory limit that would kill the process, or null.</param>
    public static Verdict Judge(ReadOnlySpan<MemorySample> samples, ByteSize? limit)
    {
        var watched = samples.Length < 2 ? TimeSpan.Zero : samples[^1].At - samples[0].At;
        var series = Series.OfBlocks(samples);
        if (series.Count < LeastPoints || watched < LeastTime * 0.95)
        {
            return new(
                Outcome.TooEarlyToTell, Severity.None, 0, double.NegativeInfinity, double.PositiveInfinity, 0, null, watched,
                $"watched for {watched.TotalSeconds:0} s with {samples.Length} samples; at least {LeastTime.TotalSeconds:0} s and {LeastPoints} samples are needed");
        }

        var finding = GrowthFinding.Of(series);
        var current = new ByteSize(ByteSize.FromMB(series.Megabytes[^1]).Bytes);
        var left = finding.Outcome == Outcome.Leak ? TimeToLimit.Of(current, limit, finding.Slope.Slope) : null;
        return new(
            finding.Outcome,
            finding.Outcome == Outcome.Leak ? SeverityTable.Of(finding.Slope.Slope, left) : Severity.None,
            finding.Slope.Slope * ByteSize.MB,
            finding.Slope.Low * ByteSize.MB,
            finding.Slope.High * ByteSize.MB,
            finding.Confidence,
            left,
            watched,
            finding.Reason);
    }
}
