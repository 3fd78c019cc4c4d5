using System.Globalization;
using LeakySpanner.Analysis.Attribution;
using LeakySpanner.Analysis.Growth;
using LeakySpanner.Analysis.Trend;
using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Analysis.Diagnosis;

/// <summary>The places where the heap's growth gathers, each with what fills it and what would end it.</summary>
internal static class ContainerSuspects
{
    /// <summary>Of a place's growth, what tasks or timers must hold for it to be theirs.</summary>
    private const double Most = 0.6;
    private const int ListedSites = 3;
    private const int ListedEndpoints = 5;

    public static IEnumerable<Candidate> Find(DiagnosisContext context)
    {
        foreach (var holder in context.Growth?.Holders ?? [])
        {
            // A word on a stack that looks like a reference names nothing; what it leads to is told by its type.
            if (holder.Path.Root.Kind >= RootKind.NativeGlobal && holder.NetEntries is null)
            {
                yield return TypeSuspects.OfHolder(context, holder);
                continue;
            }

            if (holder.TaskBytes >= Most * holder.NetBytes)
                yield return OfTasks(context, holder) with { Node = holder.Node, Storage = holder.Storage };
            else
                yield return OfContainer(context, holder) with { Node = holder.Node, Storage = holder.Storage };
        }
    }

    private static Candidate OfContainer(DiagnosisContext context, GrowthHolder holder)
    {
        var report = ReportOf(context, holder);
        var advice = context.Advisor!.Advise(holder.Node, holder.Path.Name, report);
        var trend = context.Series.OfContainer(context.Graph!.AddressOf(holder.Storage)) ?? context.Series.OfContainer(context.Graph.AddressOf(holder.Node));
        var origin = CallSites.Nothing;
        if (report.Fills.IsEmpty && context.Graph.KindOf(holder.Node) == ObjectKind.Instance && holder.NetEntries is null)
        {
            // A chain of objects: it grows where another one is made.
            origin = CallSites.OfNames(context, holder.Type[(holder.Type.LastIndexOf('.') + 1)..]);
            advice = new Advice("linked_objects", "Each new object refers to the one before, so that none is ever freed: the chain becomes longer and longer.", null);
        }

        var (prospect, reason) = Judge(holder, report, advice, trend);
        var explained = prospect == Prospect.Unbounded || reason is null;
        var suspect = new Suspect(
            SuspectKind.Container, holder.Path.Name, holder.Type, PerMinute(context, holder, trend), holder.NetBytes / context.Measured.Minutes,
            context.Dominators!.RetainedSize(holder.Node), context.Measured.ShareOf(holder.NetBytes), holder.Path.Segments,
            [.. report.Fills.Select(fill => fill.Site).Concat(origin.Sites).Distinct().Take(ListedSites)],
            report.Fills.IsEmpty ? origin.Endpoints : [.. context.Endpoints!.SharesOf(report).Take(ListedEndpoints)],
            explained ? advice.Pattern : PatternOf(advice, prospect), Explain(explained ? advice.Explanation : reason!, holder),
            prospect is Prospect.Ends || holder.Path.Root.Kind > RootKind.Thread ? null : advice.Fix, prospect == Prospect.Ends);
        return new Candidate(suspect, holder.NetBytes, prospect, trend, report is { Fills.IsEmpty: false, Eviction: Eviction.None });
    }

    private static SiteReport ReportOf(DiagnosisContext context, GrowthHolder holder)
    {
        var report = context.Sites!.Find(holder.Node);
        return report.Fills.IsEmpty && holder.Storage != holder.Node ? context.Sites.Find(holder.Storage) : report;
    }

    private static (Prospect Prospect, string? Reason) Judge(GrowthHolder holder, SiteReport report, Advice advice, CountTrend? trend)
    {
        if (holder.TimerBytes >= Most * holder.NetBytes)
            return (Prospect.Ends, "What is new is held by timers that have not fired yet; it goes when they do.");
        if (holder.Bound is { } bound && bound >= 0)
            return (Prospect.Ends, $"It allows itself {Count(bound)} entries and has {Count(holder.Length)}: it stops growing there.");
        if (holder.BoundedBytes >= Most * holder.NetBytes)
            return (Prospect.Ends, "What is new is in parts of it that allow themselves only so many entries each.");
        if (advice.IsExpected)
            return (Prospect.Ends, advice.Explanation);
        if (holder is { IsNew: true, Path.Segments.Length: 1, Path.Root.Kind: RootKind.Module })
            return (Prospect.Ends, "A module that was imported meanwhile.");
        if (report.Eviction == Eviction.Bounded)
            return (Prospect.Guarded, null);
        if (holder is { IsNew: false, Content.IsEmpty: true } && trend is not { Grows: true })
            return (Prospect.Unsteady, "Its table was enlarged; nothing new is in it.");
        if (trend is { Saturates: true })
            return (Prospect.Unsteady, "It grew at first and has levelled off since.");
        return IsUnsteady(trend) ? (Prospect.Unsteady, "It comes and goes from census to census.") : (Prospect.Unbounded, null);
    }

    /// <summary>Its length fell again, or did not move, though what is in it may still have grown.</summary>
    private static bool IsUnsteady(CountTrend? trend) => trend is { Points: >= 4, MonotoneShare: > 0 and < 0.6 };

    private static double? PerMinute(DiagnosisContext context, GrowthHolder holder, CountTrend? trend) =>
        trend is { Points: >= 3, Growth: > 0, PerMinute: > 0 } ? trend.PerMinute : holder.NetEntries is > 0 and var entries ? entries / context.Measured.Minutes : null;

    private static string? PatternOf(Advice advice, Prospect prospect) => prospect switch
    {
        Prospect.Ends => advice.IsExpected ? advice.Pattern : "expected_growth",
        Prospect.Unsteady => "unsteady_growth",
        _ => advice.Pattern,
    };

    private static string Explain(string explanation, GrowthHolder holder)
    {
        var content = holder.Content.IsEmpty ? "" : $" What is new in it is mostly {holder.Content[0].Name}.";
        var others = holder.AlsoHeldBy.IsEmpty ? "" : $" The same objects are also held by {string.Join(", ", holder.AlsoHeldBy)}.";
        return explanation + content + others;
    }

    private static Candidate OfTasks(DiagnosisContext context, GrowthHolder holder)
    {
        var coroutine = holder.Content.FirstOrDefault(type => type.Kind == ObjectKind.Coroutine).Name;
        var name = coroutine is null ? holder.Path.Name : coroutine[(coroutine.LastIndexOf(' ') + 1)..];
        var origin = coroutine is null ? CallSites.Nothing : CallSites.OfCoroutine(context, coroutine);
        var trend = TaskSuspects.TrendOf(context);
        var prospect = TaskSuspects.ProspectOf(trend);
        return new Candidate(
            new Suspect(
                SuspectKind.Task, name, coroutine, trend is { Points: >= 3 } ? trend.PerMinute : holder.Tasks / context.Measured.Minutes,
                holder.NetBytes / context.Measured.Minutes, context.Dominators!.RetainedSize(holder.Node), context.Measured.ShareOf(holder.NetBytes),
                holder.Path.Segments, origin.Sites, origin.Endpoints, "tasks_never_end", TaskSuspects.Explanation(prospect), prospect == Prospect.Unbounded ? TaskSuspects.Fix : null),
            holder.NetBytes, prospect, trend);
    }

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
