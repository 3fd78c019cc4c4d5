using System.Collections.Immutable;
using System.Globalization;
using LeakySpanner.Analysis.Attribution;
using LeakySpanner.Analysis.Trend;
using LeakySpanner.Model;
using LeakySpanner.Model.Findings;

namespace LeakySpanner.Analysis.Diagnosis;

/// <summary>Joins everything that was seen into one answer. Pure: the same evidence gives the same diagnosis.</summary>
public static class Diagnoser
{
    private const int ListedSuspects = 8;

    /// <summary>What explains less is a note.</summary>
    private const double LeastShare = 0.03;

    /// <summary>A share of less growth than this is a share of next to nothing.</summary>
    private const long WorthNoting = 64 * ByteSize.KB;

    /// <summary>Growth that a person sees in a graph and asks about, though it is no leak.</summary>
    private const long WorthAsking = 2 * ByteSize.MB;

    public static Model.Findings.Diagnosis Diagnose(Evidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        var context = new DiagnosisContext(evidence);
        var candidates = new List<Candidate>();
        candidates.AddRange(ContainerSuspects.Find(context));
        candidates.AddRange(CensusSuspects.Find(context));
        candidates.AddRange(TaskSuspects.Find(context, candidates));
        candidates.AddRange(TypeSuspects.Find(context));
        candidates.AddRange(GarbageSuspects.Find(context));
        candidates.AddRange(BalanceSuspects.Find(context));
        candidates.AddRange(ResourceSuspects.Find(context));
        candidates = SampledSuspects.Join(context, TypeSuspects.Merge(candidates, context.Measured));

        var trend = GrowthJudge.Judge(evidence.Memory.AsSpan(), evidence.Process.Limit);
        var current = evidence.Memory.IsEmpty ? evidence.Process.Rss : evidence.Memory[^1].Anonymous + evidence.Memory[^1].Swapped;
        var verdict = OutcomeRules.Join(trend, candidates, context.Measured, current, evidence.Process.Limit);
        var (suspects, notes) = Rank(candidates, verdict, context);
        var costs = evidence.Traffic is { } traffic ? RequestRegression.Fit(evidence.Memory.AsSpan(), traffic) : null;
        if (costs is not null)
        {
            suspects = MeasuredEndpoints.Join(suspects, costs, context.Measured);
            notes.AddRange(MeasuredEndpoints.Notes(suspects, costs));
        }

        suspects = Disagreements.Tell(suspects, costs);

        return new Model.Findings.Diagnosis(
            evidence.Process, verdict, suspects, evidence.Balance, CoverageOf(evidence), [.. evidence.Notes, .. notes])
        {
            RouteCosts = costs,
        };
    }

    private static bool IsWorthNoting(Candidate candidate) =>
        candidate.Bytes is not { } bytes || (bytes >= WorthNoting && candidate.Share >= LeastShare);

    /// <summary>
    /// Suspects are what a leak is, or may be, made of; of a process that does not leak, only what a person would ask about.
    /// The rest is said in notes, one line each.
    /// </summary>
    private static (ImmutableArray<Suspect> Suspects, List<string> Notes) Rank(List<Candidate> candidates, Verdict verdict, DiagnosisContext context)
    {
        var ranked = candidates
            .OrderBy(candidate => candidate.Prospect is Prospect.Unbounded or Prospect.Guarded ? 0 : 1)
            .ThenByDescending(candidate => Weight(candidate, candidates))
            .ThenBy(candidate => candidate.Suspect.Name, StringComparer.Ordinal).ToList();
        var listed = ranked.Where(candidate => IsSuspect(candidate, verdict)).Take(ListedSuspects).ToList();
        var notes = new List<string>();
        foreach (var candidate in ranked.Except(listed).Where(IsWorthNoting).Take(ListedSuspects))
            notes.Add($"{candidate.Suspect.Name}: {Grew(candidate)}{candidate.Suspect.Explanation}");

        if (context.Measured.ReusedFreeMemory && context.Growth is { NetBytes: >= WorthNoting } growth)
            notes.Add($"Python objects grew by {new ByteSize(growth.NetBytes)}, resident memory by {new ByteSize(context.Measured.Bytes)}: objects took memory that was free already. Shares are of the former.");
        var explained = candidates.Sum(candidate => candidate.Share);
        if (verdict.Outcome != Outcome.NoLeak && context.Growth is not null && context.Measured.Whole > 0 && explained < 0.9)
        {
            notes.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{(1 - explained) * 100:0} % of the growth of {new ByteSize(context.Measured.Whole)} is not explained by any of these."));
        }

        return ([.. listed.Select(candidate => candidate.Suspect)], notes);
    }

    /// <summary>
    /// Threads and descriptors are counted, which is surer than memory that nobody claims: what they cost appears as native
    /// memory or as types all over the heap. So they come before such, though not before what has the growth in hand.
    /// </summary>
    private static double Weight(Candidate candidate, List<Candidate> all)
    {
        if (candidate.Suspect.Kind is not (SuspectKind.Thread or SuspectKind.FileDescriptor))
            return candidate.Share;
        var vague = all.Where(other => other.Suspect.Kind is SuspectKind.Native or SuspectKind.Type).Select(other => other.Share).DefaultIfEmpty(0).Max();
        return Math.Max(Math.Max(candidate.Share, LeastShare), vague + 0.001);
    }

    private static bool IsSuspect(Candidate candidate, Verdict verdict) => verdict.Outcome switch
    {
        Outcome.NoLeak => candidate is { Prospect: Prospect.Unbounded, Bytes: null } or { Prospect: Prospect.Ends, Bytes: >= WorthAsking },
        _ => candidate.Prospect != Prospect.Unsteady && (candidate.Bytes is null || candidate.Share >= LeastShare)
            && (candidate.Prospect != Prospect.Ends || verdict.Outcome != Outcome.Leak || candidate.Share >= LeastShare),
    };

    private static string Grew(Candidate candidate) =>
        candidate.Bytes is { } bytes ? $"{(bytes < 0 ? "" : "+")}{new ByteSize(bytes)}. " : "";

    private static Coverage CoverageOf(Evidence evidence)
    {
        var coverage = evidence.After?.Graph.Coverage ?? (evidence.Censuses.IsDefaultOrEmpty ? Coverage.None : evidence.Censuses[^1].Coverage);
        return coverage with { PausedMilliseconds = evidence.PausedMilliseconds };
    }
}
