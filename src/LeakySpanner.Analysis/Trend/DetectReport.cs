using LeakySpanner.Model;
using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.Analysis.Trend;

/// <summary>What <c>detect SECONDS INTERVAL</c> prints.</summary>
/// <param name="InitialRss">Resident memory at the first sample, files included: the number that other tools show.</param>
/// <param name="FinalRss">At the last one.</param>
/// <param name="Growth">The difference of the two.</param>
/// <param name="RssPerMinute">That difference as bytes per minute: what a rule on the ends of a window would see. 0 without time.</param>
/// <param name="MonotonicShare">Share of the growth among all movement of anonymous memory, 0 to 1, over at most 60 blocks: 1 if it never fell.</param>
/// <param name="Interval">Between samples, on average.</param>
/// <param name="Samples">How many.</param>
/// <param name="Verdict">The judge's, with pace, interval, severity and reason.</param>
public sealed record DetectReport(
    ByteSize InitialRss,
    ByteSize FinalRss,
    ByteSize Growth,
    double RssPerMinute,
    double MonotonicShare,
    TimeSpan Interval,
    int Samples,
    Verdict Verdict)
{
    /// <summary>"LEAK DETECTED", "NO LEAK" or "TOO EARLY TO TELL".</summary>
    public string Headline => Verdict.Outcome switch
    {
        Outcome.Leak => "LEAK DETECTED",
        Outcome.NoLeak => "NO LEAK",
        _ => "TOO EARLY TO TELL",
    };

    /// <summary>"NONE", "LOW", "MEDIUM", "HIGH" or "CRITICAL".</summary>
    public string SeverityName => Verdict.Severity switch
    {
        Severity.Low => "LOW",
        Severity.Medium => "MEDIUM",
        Severity.High => "HIGH",
        Severity.Critical => "CRITICAL",
        _ => "NONE",
    };

    public static DetectReport Of(ReadOnlySpan<MemorySample> samples, ByteSize? limit)
    {
        var verdict = GrowthJudge.Judge(samples, limit);
        if (samples.IsEmpty)
            return new(ByteSize.Zero, ByteSize.Zero, ByteSize.Zero, 0, 0, TimeSpan.Zero, 0, verdict);

        var (first, last) = (samples[0], samples[^1]);
        var growth = last.Rss - first.Rss;
        var minutes = (last.At - first.At).TotalMinutes;
        var held = Series.OfBlocks(samples);
        return new(
            first.Rss,
            last.Rss,
            growth,
            minutes > 0 ? growth.Bytes / minutes : 0,
            CountTrend.Of(held.Minutes.Zip(held.Megabytes, (minute, size) => (TimeSpan.FromMinutes(minute), size))).MonotoneShare,
            samples.Length > 1 ? (last.At - first.At) / (samples.Length - 1) : TimeSpan.Zero,
            samples.Length,
            verdict);
    }
}
