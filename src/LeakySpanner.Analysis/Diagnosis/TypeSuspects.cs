using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Analysis.Diagnosis;

/// <summary>Types that grow all over the heap, without one place that gathers them.</summary>
internal static class TypeSuspects
{
    /// <summary>Of the measured growth, what such types must have together, and one of them alone.</summary>
    private const double LeastShare = 0.25;
    private const double LeastShareOfOne = 0.05;
    private const long LeastClasses = 10;

    public static IEnumerable<Candidate> Find(DiagnosisContext context)
    {
        if (context.Growth is not { } growth)
            yield break;
        var measured = context.Measured;
        var together = growth.ScatteredTypes.Sum(type => type.Bytes);
        if (measured.ShareOf(together) >= LeastShare)
        {
            // A type of the program says more than the texts and dicts that its objects are made of.
            var types = growth.ScatteredTypes.Where(type => measured.ShareOf(type.Bytes) >= LeastShareOfOne)
                .OrderBy(type => type.Kind is ObjectKind.Instance or ObjectKind.Type or ObjectKind.Coroutine ? 0 : 1).ThenByDescending(type => type.Bytes);
            foreach (var type in types.Take(3))
                yield return Of(context, type, "spread_over_the_heap", "Its objects become more, held in many places; no single container gathers them.");
        }

        var classes = growth.Types.FirstOrDefault(type => type.Kind == ObjectKind.Type && type.Objects >= LeastClasses);
        if (classes.Name is not null && context.Series.OfType(classes.Name) is null or { Grows: true })
            yield return Of(context, classes, "classes_made_at_run_time", "New classes keep being made while it runs; each costs a kilobyte and more, with its dict and functions.");
    }

    /// <summary>What hangs together (a linked list) but starts nowhere that has a name.</summary>
    public static Candidate OfHolder(DiagnosisContext context, Growth.GrowthHolder holder)
    {
        var type = new Growth.TypeNet(holder.Type, context.Graph!.KindOf(holder.Node), holder.NetObjects, holder.NetBytes);
        return type.Kind == ObjectKind.Instance
            ? Of(context, type, "linked_objects", "Its objects hold each other in a chain or tree that becomes longer; where it starts was not seen.")
            : Of(context, type, "held_outside_the_heap", "Held by what looks like a reference in native memory or on a stack.");
    }

    /// <summary>Several pieces of one chain, or a type that both hangs together and is spread, are one suspect.</summary>
    public static List<Candidate> Merge(IEnumerable<Candidate> candidates, MeasuredGrowth measured)
    {
        var merged = new List<Candidate>();
        foreach (var group in candidates.GroupBy(candidate => (candidate.Suspect.Kind, candidate.Suspect.Name)))
        {
            var first = group.First();
            var bytes = group.Sum(candidate => candidate.Bytes ?? 0);
            merged.Add(first.Suspect.Kind != SuspectKind.Type || group.Count() == 1
                ? first
                : first with { Bytes = bytes, Suspect = first.Suspect with { BytesPerMinute = bytes / measured.Minutes, ShareOfGrowth = measured.ShareOf(bytes) } });
            if (first.Suspect.Kind != SuspectKind.Type)
                merged.AddRange(group.Skip(1));
        }

        return merged;
    }

    private static Candidate Of(DiagnosisContext context, Growth.TypeNet type, string pattern, string explanation)
    {
        var trend = context.Series.OfType(type.Name);
        var steady = trend is null or { Points: < 3 } or { Grows: true };
        var origin = type.Kind == ObjectKind.Instance ? CallSites.OfNames(context, type.Name[(type.Name.LastIndexOf('.') + 1)..]) : CallSites.Nothing;
        var suspect = new Suspect(
            SuspectKind.Type, type.Name, type.Name, trend is { Points: >= 3 } ? trend.PerMinute : type.Objects / context.Measured.Minutes,
            type.Bytes / context.Measured.Minutes, null, context.Measured.ShareOf(type.Bytes), [], origin.Sites, origin.Endpoints, pattern, explanation, null);
        return new Candidate(suspect, type.Bytes, steady ? Prospect.Unbounded : Prospect.Unsteady, trend);
    }
}
