using System.Collections.Immutable;
using LeakySpanner.Analysis.Rhythm;
using LeakySpanner.Model.Findings;
using LeakySpanner.Reports;
using LeakySpanner.Scanning.Logs.Facts;

namespace LeakySpanner.Sessions.Logs;

/// <summary>What makes kills, or jumps of memory, come when they come: one sentence for each thing that the numbers carry.</summary>
internal static class KillCauses
{
    private const int MostNamed = 3;

    public static ImmutableArray<string> Of(
        LogFacts facts, ImmutableArray<MemorySubject> subjects, ImmutableArray<KillIncident> kills, ClockPeriod? clock, Gaps? gaps,
        ImmutableArray<PrecursorFinding> precursors, RouteCosts? costs)
    {
        var causes = ImmutableArray.CreateBuilder<string>();
        var job = precursors.FirstOrDefault(finding => finding.Kind == "job");
        if (clock is not null)
        {
            causes.Add($"kills come {RhythmText.Of(clock)} ({clock.Events} of {clock.Among}): what a scheduler starts then takes the memory"
                + (job is null ? "" : $", and {job.Name} runs just before"));
        }
        else if (gaps is { AreRegular: true })
        {
            var leak = subjects.Any(subject => subject.Verdict.Outcome == Outcome.Leak);
            causes.Add($"kills are {Phrase.Duration(gaps.Low)} to {Phrase.Duration(gaps.High)} apart and keep to no clock: "
                + (leak ? "a leak under steady load meets the limit each time anew" : "as a leak under steady load would do"));
        }

        foreach (var subject in subjects.Where(subject => kills.IsEmpty && subject.Sawtooth is { AreRegular: true }).Take(MostNamed))
        {
            causes.Add($"memory of {subject.Name} starts anew about every {Phrase.Duration(subject.Sawtooth!.Median)}"
                + (subject.Limit is null ? "" : " from near its limit: kills, though no log here tells of them"));
        }

        foreach (var finding in precursors.Take(MostNamed))
        {
            var lift = double.IsInfinity(finding.Precursor.Lift) ? "and at no other time" : $"{Math.Min(finding.Precursor.Lift, 9999):0} times as often as else";
            causes.Add($"{finding.Kind} {finding.Name} is seen {Before(facts)} {finding.Precursor.Windows} of {finding.Precursor.Among} kills, {lift}");
        }

        foreach (var subject in subjects.Where(subject => subject.JumpPeriod is not null).Take(MostNamed))
        {
            causes.Add($"memory of {subject.Name} jumps by about {Phrase.Bytes(subject.JumpBytes)} {RhythmText.Of(subject.JumpPeriod!)} "
                + $"({subject.JumpPeriod!.Events} of {subject.JumpPeriod.Among} jumps)");
        }

        foreach (var cost in (costs?.Routes ?? []).Where(cost => cost.IsLeaking).Take(MostNamed))
        {
            causes.Add($"{cost.Route} leaves {Phrase.Bytes((long)cost.BytesPerRequest)} per request (95 % CI {Phrase.Bytes((long)cost.Low)} to {Phrase.Bytes((long)cost.High)})"
                + (cost.ShareOfGrowth is { } share ? $": {Phrase.Share(share)} of the growth" : ""));
        }

        var timeouts = facts.Kills.Count(kill => kill.Cause == KillCause.Timeout);
        if (timeouts > 0)
            causes.Add($"{Phrase.Plural(timeouts, "worker")} killed by gunicorn because they did not answer in time: memory had no part in it, though the message asks \"Perhaps out of memory?\"");
        if (kills.Any(kill => kill.Cause == KillCause.Signal) && !kills.Any(kill => kill.Cause == KillCause.OutOfMemory))
            causes.Add("who sent the kill signal is not told here: the kernel's log (dmesg, journalctl -k) of the same time says whether it was for want of memory");
        return causes.ToImmutable();
    }

    private static string Before(LogFacts facts) => facts.Windows.Timed ? "within a minute before" : "in the 200 lines before";
}
