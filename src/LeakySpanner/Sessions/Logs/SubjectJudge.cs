using System.Collections.Immutable;
using System.Globalization;
using LeakySpanner.Analysis.Rhythm;
using LeakySpanner.Analysis.Trend;
using LeakySpanner.Model;
using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Usage;
using LeakySpanner.Scanning.Logs.Facts;

namespace LeakySpanner.Sessions.Logs;

/// <summary>Memory series of a log, judged as `detect` judges a process, each stretch between restarts for itself.</summary>
internal static class SubjectJudge
{
    private const int LeastSamples = 8;

    /// <summary>A log may have thousands of restarts; the verdict is settled by the last of them.</summary>
    private const int MostLives = 60;

    public static ImmutableArray<MemorySubject> Judge(LogFacts facts)
    {
        var restarts = facts.Kills.Select(kill => kill.At).Concat(facts.Starts).Where(at => at.IsKnown).Order().Select(at => at - facts.First).ToList();
        return
        [
            .. facts.Series.Where(series => series.Samples > 0)
                .GroupBy(series => (series.Source, Kin(series.Name)))
                .Select(group => Judge(facts, [.. group.OrderBy(series => series.First.At)], group.Key.Item2, restarts))
                .OrderByDescending(subject => subject.Verdict.Outcome == Outcome.Leak)
                .ThenByDescending(subject => subject.Verdict.Outcome == Outcome.Leak ? subject.Verdict.GrowthPerMinute : 0)
                .ThenBy(subject => subject.Verdict.Outcome)
                .ThenByDescending(subject => subject.Peak.Bytes)
                .ThenBy(subject => subject.Name, StringComparer.Ordinal),
        ];
    }

    public static MemorySample[] Samples(MemorySeries series, LogTime from) =>
        [.. series.Points().Select(point => new MemorySample(point.At - from, new(point.Bytes), ByteSize.Zero, ByteSize.Zero, ByteSize.Zero))];

    private static MemorySubject Judge(LogFacts facts, List<MemorySeries> kin, string name, List<TimeSpan> restarts)
    {
        var limit = kin.Select(series => series.Limit).LastOrDefault(limit => limit is not null) ?? LimitOf(facts);
        var bound = limit is { } bytes ? new ByteSize(bytes) : (ByteSize?)null;
        var lives = new List<MemorySample[]>();
        var jumps = new List<(Jumps Jumps, int Count)>();
        var restarted = new List<long>();
        foreach (var series in kin)
        {
            var samples = Samples(series, facts.First);
            foreach (var life in Lives.Split(samples, restarts, bound))
            {
                lives.Add(samples[life]);
                if (life.Start.Value > 0)
                    restarted.Add(samples[life.Start.Value].At.Ticks);
                var found = Jumps.Of(samples[life]);
                jumps.Add((found, found.At.Count));
            }
        }

        var enough = lives.Where(life => life.Length >= LeastSamples).OrderBy(life => life[^1].At).TakeLast(MostLives).ToList();
        var last = lives.MaxBy(life => life[^1].At)!;
        var verdict = enough.Count > 0
            ? Lives.Together([.. enough.Select(life => GrowthJudge.Judge(life, bound))], last, bound)
            : GrowthJudge.Judge(last, bound);
        var times = jumps.SelectMany(jump => jump.Jumps.At).ToList();
        var processes = string.Create(CultureInfo.InvariantCulture, $"{kin.Count} processes");
        return new(
            kin.Count == 1 ? kin[0].Name : name.Length == 0 ? processes : $"{name} ({processes})",
            kin[0].Source,
            kin.Sum(series => series.Samples),
            kin[0].First,
            kin.MaxBy(series => series.Last.At)!.Last,
            kin.Select(series => series.Peak).MaxBy(peak => peak.Bytes),
            limit,
            lives.Count,
            enough.Count,
            verdict,
            Gaps.Of(restarted),
            times.Count,
            times.Count == 0 ? 0 : jumps.Where(jump => jump.Count > 0).Max(jump => jump.Jumps.TypicalBytes),
            facts.HasTimeOfDay || kin[0].First.At.HasDate ? ClockPeriod.Of(times.Select(time => facts.First.Ticks + time.Ticks)) : null);
    }

    /// <summary>Where all reports of kills name one limit, it is this one's.</summary>
    private static long? LimitOf(LogFacts facts)
    {
        var limits = facts.Kills.Select(kill => kill.Limit).OfType<long>().Distinct().ToList();
        return limits.Count == 1 ? limits[0] : null;
    }

    /// <summary>"pid 4121 (python3)" and "pid 4388 (python3)" are of one kind: the second is often the first's successor.</summary>
    private static string Kin(string name)
    {
        if (!name.StartsWith("pid ", StringComparison.Ordinal))
            return name;
        var open = name.IndexOf('(', StringComparison.Ordinal);
        return open > 0 ? name[(open + 1)..].TrimEnd(')') : "";
    }
}
