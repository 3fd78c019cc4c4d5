using LeakySpanner.Analysis.Trend;
using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Analysis.Diagnosis;

/// <summary>Tasks that no single container of the program gathers: they wait for ever, each held by what it waits for.</summary>
internal static class TaskSuspects
{
    public const string Fix = "await asyncio.wait_for(..., timeout=30)  # or an asyncio.TaskGroup that ends them";
    private const int LeastTasks = 10;

    public static IEnumerable<Candidate> Find(DiagnosisContext context, IReadOnlyCollection<Candidate> found)
    {
        if (context.Growth is not { } growth || found.Any(candidate => candidate.Suspect.Kind == SuspectKind.Task))
            yield break;
        var tasks = growth.Types.Where(type => type.Kind == ObjectKind.Task).Sum(type => type.Objects);
        if (tasks < LeastTasks)
            yield break;
        var trend = TrendOf(context);
        var prospect = ProspectOf(trend);
        if (prospect == Prospect.Unsteady)
            yield break;

        foreach (var coroutine in growth.Types.Where(type => type.Kind == ObjectKind.Coroutine && type.Objects >= LeastTasks).OrderByDescending(type => type.Objects).Take(2))
        {
            var bytes = coroutine.Bytes + (growth.Types.Where(type => type.Kind == ObjectKind.Task).Sum(type => type.Bytes) * coroutine.Objects / Math.Max(tasks, coroutine.Objects));
            var name = coroutine.Name[(coroutine.Name.LastIndexOf(' ') + 1)..];
            var origin = CallSites.OfCoroutine(context, coroutine.Name);
            yield return new Candidate(
                new Suspect(
                    SuspectKind.Task, name, coroutine.Name, coroutine.Objects / context.Measured.Minutes, bytes / context.Measured.Minutes, null,
                    context.Measured.ShareOf(bytes), [], origin.Sites, origin.Endpoints, "tasks_never_end", Explanation(prospect), Fix),
                bytes, prospect, trend);
        }
    }

    /// <summary>By the number of task objects, whatever implements them.</summary>
    public static CountTrend? TrendOf(DiagnosisContext context)
    {
        var names = context.Graph?.TypeTable.Where(type => type.Kind == ObjectKind.Task).Select(type => type.Name).Distinct() ?? [];
        return names.Select(context.Series.OfType).OfType<CountTrend>().OrderByDescending(trend => trend.Growth).FirstOrDefault();
    }

    public static Prospect ProspectOf(CountTrend? trend) =>
        trend is null or { Points: < 3 } or { Grows: true } ? Prospect.Unbounded : Prospect.Unsteady;

    public static string Explanation(Prospect prospect) => prospect == Prospect.Unbounded
        ? "More tasks are started than end; each keeps its coroutine's variables alive."
        : "There are more tasks than at the start, but their number does not rise steadily: work in progress rather than a leak.";
}
