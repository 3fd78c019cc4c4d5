using System.Collections.Immutable;
using System.Globalization;
using LeakySpanner.Analysis.Trend;
using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Heap;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.Analysis.Diagnosis;

/// <summary>Threads and descriptors whose number rises; each costs memory of the kernel or stacks beside its objects.</summary>
internal static class ResourceSuspects
{
    private const int LeastThreads = 3;
    private const int LeastDescriptors = 8;
    private const int Points = 60;

    public static IEnumerable<Candidate> Find(DiagnosisContext context)
    {
        var samples = Thin(context.Evidence.Resources);
        var threads = CountTrend.Of(samples.Select(sample => (sample.At, (double)sample.Threads)));
        if (threads.Grows && threads.Growth >= LeastThreads)
        {
            var stacks = Stacks(context) + Math.Max(0, context.Growth?.FrameBytes ?? 0);
            var origin = CallSites.OfNames(context, "Thread", "Timer", "ThreadPoolExecutor");
            yield return new Candidate(
                new Suspect(
                    SuspectKind.Thread, NameOfThreads(context.Graph), null, threads.PerMinute, stacks / context.Measured.Minutes, null,
                    stacks > 0 ? context.Measured.ShareOf(stacks) : null, [], origin.Sites, origin.Endpoints, "threads_never_end",
                    Count("threads were started and did not end", threads.Growth), "concurrent.futures.ThreadPoolExecutor(max_workers=8)  # one, made once"),
                stacks > 0 ? stacks : null, Prospect.Unbounded, threads);
        }

        var descriptors = CountTrend.Of(samples.Select(sample => (sample.At, (double)sample.Descriptors)));
        if (descriptors.Grows && descriptors.Growth >= LeastDescriptors)
        {
            var origin = CallSites.OfNames(context, "open", "socket", "create_connection", "connect", "urlopen", "Popen", "ClientSession", "AsyncClient");
            yield return new Candidate(
                new Suspect(
                    SuspectKind.FileDescriptor, "open file descriptors", null, descriptors.PerMinute, null, null, null, [], origin.Sites, origin.Endpoints, "descriptors_never_closed",
                    Count("files or sockets were opened and not closed", descriptors.Growth), "with open(...) as file:  # or async with client: close what was opened"),
                null, Prospect.Unbounded, descriptors);
        }
    }

    private static string Count(string what, double growth) => string.Create(CultureInfo.InvariantCulture, $"{growth:N0} {what} while it was watched.");

    private static IEnumerable<ResourceSample> Thin(ImmutableArray<ResourceSample> samples)
    {
        if (samples.IsDefaultOrEmpty)
            return [];
        var step = Math.Max(1, samples.Length / Points);
        return samples.Where((_, at) => at % step == 0 || at == samples.Length - 1);
    }

    private static long Stacks(DiagnosisContext context)
    {
        var evidence = context.Evidence;
        if (evidence.BalanceBefore.IsDefaultOrEmpty || evidence.Balance.IsDefaultOrEmpty)
            return 0;
        return Math.Max(0, evidence.Balance.Where(line => line.Name == "stacks").Sum(line => line.Bytes)
            - evidence.BalanceBefore.Where(line => line.Name == "stacks").Sum(line => line.Bytes));
    }

    /// <summary>"worker-1" and "worker-2" are threads "worker".</summary>
    private static string NameOfThreads(HeapGraph? graph)
    {
        var names = graph?.Roots.Where(root => root.Kind == RootKind.Thread).Select(root => root.Name).Distinct()
            .Select(name => name.TrimEnd("0123456789-_ ()".ToCharArray())).Where(name => name.Length > 0 && name is not ("MainThread" or "main thread" or "thread"))
            .GroupBy(name => name).OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal).FirstOrDefault();
        return names is null ? "threads" : $"threads {names.Key}";
    }
}
