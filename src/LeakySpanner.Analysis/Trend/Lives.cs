using LeakySpanner.Model;
using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.Analysis.Trend;

/// <summary>
/// Memory that starts anew whenever its owner is killed or restarted. A restart gives nothing back: each life is judged alone, and what
/// most of them show is the verdict.
/// </summary>
public static class Lives
{
    private const double LeastDrop = 0.25;
    private const double NearLimit = 0.8;
    private const double DropFromLimit = 0.4;

    /// <summary>A restart's own message may come this much before or after the samples around it.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(30);

    /// <summary>Cuts a series where it drops and something says that its owner ended there, or that it was at its limit.</summary>
    /// <param name="samples">In order of time.</param>
    /// <param name="restarts">Ends and starts, in order of time, on the same clock.</param>
    /// <param name="limit">Or null.</param>
    /// <returns>First and last index of each life.</returns>
    public static IReadOnlyList<Range> Split(ReadOnlySpan<MemorySample> samples, IReadOnlyList<TimeSpan> restarts, ByteSize? limit)
    {
        ArgumentNullException.ThrowIfNull(restarts);
        var (least, most) = (long.MaxValue, long.MinValue);
        foreach (var sample in samples)
            (least, most) = (Math.Min(least, sample.Rss.Bytes), Math.Max(most, sample.Rss.Bytes));

        var lives = new List<Range>();
        var (start, next) = (0, 0);
        for (var i = 1; i < samples.Length; i++)
        {
            var (before, after) = (samples[i - 1], samples[i]);
            while (next < restarts.Count && restarts[next] < before.At - Slack)
                next++;
            var drop = before.Rss.Bytes - after.Rss.Bytes;
            var told = next < restarts.Count && restarts[next] <= after.At + Slack && drop > LeastDrop * (most - least);
            var atLimit = limit is { Bytes: > 0 } bound && before.Rss.Bytes > NearLimit * bound.Bytes && drop > DropFromLimit * before.Rss.Bytes;
            if (!told && !atLimit)
                continue;
            lives.Add(start..i);
            start = i;
        }

        lives.Add(start..samples.Length);
        return lives;
    }

    /// <param name="verdicts">Of each life that was long enough to be judged at all; in order of time.</param>
    /// <param name="latest">Samples of the last life.</param>
    /// <param name="limit">Or null.</param>
    public static Verdict Together(IReadOnlyList<Verdict> verdicts, ReadOnlySpan<MemorySample> latest, ByteSize? limit)
    {
        ArgumentNullException.ThrowIfNull(verdicts);
        if (verdicts.Count == 1)
            return verdicts[0];
        var leaks = verdicts.Where(verdict => verdict.Outcome == Outcome.Leak).ToList();
        var fine = verdicts.Count(verdict => verdict.Outcome == Outcome.NoLeak);
        if (leaks.Count == 0 || leaks.Count < fine)
        {
            var example = verdicts.LastOrDefault(verdict => verdict.Outcome == (fine > 0 ? Outcome.NoLeak : Outcome.TooEarlyToTell)) ?? verdicts[^1];
            return example with { Reason = $"{(fine > 0 ? fine : verdicts.Count)} of {verdicts.Count} lives between restarts: {example.Reason}" };
        }

        var middle = leaks.OrderBy(verdict => verdict.GrowthPerMinute).ElementAt(leaks.Count / 2);
        var left = latest.IsEmpty ? null : TimeToLimit.Of(latest[^1].Rss, limit, middle.GrowthPerMinute / ByteSize.MB);
        return middle with
        {
            TimeToLimit = left,
            Severity = SeverityTable.Of(middle.GrowthPerMinute / ByteSize.MB, left),
            Reason = $"{leaks.Count} of {verdicts.Count} lives between restarts: {middle.Reason}",
        };
    }
}
