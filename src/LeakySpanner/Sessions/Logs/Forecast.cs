using System.Collections.Immutable;
using LeakySpanner.Analysis.Rhythm;
using LeakySpanner.Model;
using LeakySpanner.Model.Findings;
using LeakySpanner.Reports;
using LeakySpanner.Scanning.Logs.Facts;

namespace LeakySpanner.Sessions.Logs;

/// <summary>When the next kill is due: by the memory that is left, or by the rhythm of the kills before.</summary>
internal static class Forecast
{
    private const double LatestGaps = 3;

    public static NextKill? Of(LogFacts facts, ImmutableArray<MemorySubject> subjects, ImmutableArray<KillIncident> kills, ClockPeriod? clock, Gaps? gaps)
    {
        if (subjects.FirstOrDefault(subject => subject.Verdict.Outcome == Outcome.Leak) is { } leaking
            && (leaking.Limit ?? LevelAtKills(kills)) is { } limit && leaking.Verdict.GrowthPerMinute > 0)
        {
            var left = TimeSpan.FromMinutes(Math.Clamp((limit - leaking.Last.Bytes) / leaking.Verdict.GrowthPerMinute, 0, 5e6));
            return new(new(leaking.Last.At.Ticks + left.Ticks), left, leaking.Limit is null
                ? $"earlier ones came at {new ByteSize(limit)}, and {leaking.Name} has {new ByteSize(leaking.Last.Bytes)}"
                : $"{leaking.Name} has {new ByteSize(leaking.Last.Bytes)} of {new ByteSize(limit)}");
        }

        var last = kills.Where(kill => kill.At.IsKnown).Select(kill => kill.At).LastOrDefault();
        if (!last.IsKnown)
            return null;
        if (clock is not null)
        {
            var ticks = facts.Last.Ticks - (facts.Last.Ticks % clock.Period.Ticks) + clock.Phase.Ticks;
            ticks += ticks <= facts.Last.Ticks ? clock.Period.Ticks : 0;
            return new(new(ticks), new(ticks - facts.Last.Ticks), $"they come {RhythmText.Of(clock)}");
        }

        if (gaps is not { AreRegular: true } || (facts.Last - last) > LatestGaps * gaps.Median)
            return null;
        var due = new LogTime(last.Ticks + gaps.Median.Ticks);
        return new(due, due - facts.Last, $"they are {Phrase.Duration(gaps.Median)} apart");
    }

    /// <summary>The memory that those who were killed had, where it is told.</summary>
    private static long? LevelAtKills(ImmutableArray<KillIncident> kills)
    {
        var levels = kills.Select(kill => kill.Bytes).OfType<long>().Order().ToList();
        return levels.Count == 0 ? null : levels[levels.Count / 2];
    }
}
