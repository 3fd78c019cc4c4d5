using System.Globalization;
using LeakySpanner.Analysis.Growth;
using LeakySpanner.Model;
using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.Analysis.Diagnosis;

/// <summary>Growth that no root leads to: cycles that no collection frees, and objects that native code keeps or forgot.</summary>
internal static class GarbageSuspects
{
    private const double LeastShare = 0.05;
    private const long LeastBytes = 256 * ByteSize.KB;

    /// <summary>CPython's own is 700 (Modules/gcmodule.c, 3.11); servers are tuned to some thousands at most as a rule.</summary>
    private const int RaisedThreshold = 10_000;

    public static IEnumerable<Candidate> Find(DiagnosisContext context)
    {
        if (context.Growth?.Unreachable is not { } unreachable)
            yield break;
        var collector = context.Series.Collector;
        if (Matters(context, unreachable.NetCyclicBytes))
        {
            var (pattern, explanation, fix, ends) = Explain(collector, context.Series.FullCollections);
            yield return Of(
                context, SuspectKind.Garbage, "unreachable cycles", unreachable.NetCyclicBytes, unreachable.CyclicTypes, pattern, explanation, fix,
                ends ? Prospect.Ends : Prospect.Unbounded);
        }

        if (Matters(context, unreachable.DetachedBytes))
        {
            yield return Of(
                context, SuspectKind.Native, "unreachable, never freed", unreachable.DetachedBytes, unreachable.DetachedTypes, "reference_count_leak",
                "No object and no root refers to these, they are in no cycle, and still they are allocated: native code keeps them, or forgot to give up a reference.",
                null, Prospect.Unbounded);
        }
    }

    private static bool Matters(DiagnosisContext context, long bytes) =>
        bytes >= LeastBytes && context.Measured.ShareOf(bytes) >= LeastShare;

    private static (string Pattern, string Explanation, string? Fix, bool Ends) Explain(CollectorState? collector, long? fullCollections)
    {
        if (collector is { Enabled: false })
            return ("collector_disabled", "Reference cycles pile up, and the cyclic collector is switched off.", "gc.enable()", false);
        if (collector is { Thresholds: [var first, ..] } && (first == 0 || first >= RaisedThreshold))
        {
            return ("collector_threshold_raised",
                string.Create(CultureInfo.InvariantCulture, $"Reference cycles pile up; the collector's threshold was raised to {first:N0}, so that it hardly ever runs."),
                "gc.set_threshold(700, 10, 10)", false);
        }

        var runs = fullCollections is > 0 and var count
            ? $" Full collections do run ({count} while it was watched)." : " It is freed by the next full collection.";
        return ("cycles_awaiting_collection", "Reference cycles that await a collection." + runs, null, true);
    }

    private static Candidate Of(
        DiagnosisContext context,
        SuspectKind kind,
        string name,
        long bytes,
        IReadOnlyList<TypeNet> types,
        string pattern,
        string explanation,
        string? fix,
        Prospect prospect)
    {
        var largest = types.Count == 0 ? null : types[0].Name;
        var content = types.Count == 0 ? "" : $" Mostly {string.Join(", ", types.Take(3).Select(type => type.Name))}.";
        var suspect = new Suspect(
            kind, name, largest, types.Sum(type => type.Objects) / context.Measured.Minutes, bytes / context.Measured.Minutes, null,
            context.Measured.ShareOf(bytes), [], [], [], pattern, explanation + content, fix, prospect == Prospect.Ends);
        return new Candidate(suspect, bytes, prospect);
    }
}
