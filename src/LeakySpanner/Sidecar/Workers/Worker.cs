using LeakySpanner.Analysis.Trend;
using LeakySpanner.Model;
using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Usage;
using LeakySpanner.Sidecar.Costs;
using LeakySpanner.Sidecar.History;
using LeakySpanner.Sidecar.View;
using LeakySpanner.Target.Linux;

namespace LeakySpanner.Sidecar.Workers;

/// <summary>Everything that is known of one worker. Guarded by the session, but for <see cref="Heap"/>.</summary>
internal sealed class Worker : IDisposable
{
    private static readonly TimeSpan JudgedOver = TimeSpan.FromHours(1);
    private static readonly TimeSpan BetweenJudgements = TimeSpan.FromSeconds(4.5);
    private static readonly TimeSpan BetweenLimits = TimeSpan.FromMinutes(1);

    private readonly AlertRule _alert;
    private readonly VerdictWatch _verdict = new();
    private readonly long? _oomKills;
    private MemoryLimit? _limit;
    private TimeSpan _nextLimit;
    private TimeSpan _nextJudgement;
    private AllocationTable? _toldAllocations;
    private long _regressed;
    private ResourceSample _resources;

    /// <param name="slot">From 0.</param>
    /// <param name="process">Owned by this from here on.</param>
    /// <param name="first">Its memory when the watching began.</param>
    /// <param name="since">The wall clock then.</param>
    /// <param name="threshold">Growth that is worth an alert.</param>
    /// <param name="heap">Null where the heap is not read.</param>
    public Worker(int slot, IWorkerProcess process, MemorySample first, DateTimeOffset since, ByteSize threshold, HeapWatch? heap)
    {
        (Slot, Process, Since, Heap) = (slot, process, since, heap);
        Baseline = Peak = first.Rss;
        _alert = new AlertRule(first.Rss, threshold);
        _oomKills = process.ReadOomKills();
        History.Add(first, 0);
    }

    public int Slot { get; }

    public int Pid => Process.Pid;

    public DateTimeOffset Since { get; }

    public IWorkerProcess Process { get; }

    public HeapWatch? Heap { get; }

    /// <summary>Null where allocations are not sampled.</summary>
    public AgentFollower? Agent { get; init; }

    /// <summary>Null where its ring could not be opened.</summary>
    public RingFollower? Ring { get; set; }

    public MemoryHistory History { get; } = new();

    public TrafficLog Traffic { get; } = new();

    /// <summary>By regression, or null before anything can be said.</summary>
    public RouteCosts? Costs { get; set; }

    public ByteSize Baseline { get; }

    public ByteSize Peak { get; private set; }

    public MemoryLimit? Limit => _limit;

    public ByteSize Rss => History.Last.Rss;

    public ByteSize Growth => Rss - Baseline;

    public Verdict Verdict => _verdict.Standing;

    public bool HasToldRefusal { get; set; }

    public long Requests => Ring?.Requests ?? 0;

    public MemorySample? BeforeCollection { get; set; }

    /// <summary>Whether requests were finished since this was asked last.</summary>
    public bool HasNewRequests()
    {
        var has = Requests > _regressed;
        _regressed = Requests;
        return has;
    }

    /// <summary>Whether the kernel has killed in the worker's control group since it registered.</summary>
    public bool WasKilledForMemory => _oomKills is { } before && Process.ReadOomKills() > before;

    /// <summary>Puts its memory beside the requests that its ring has told of so far.</summary>
    public void Follow(MemorySample sample) => Traffic.Add(sample, Ring is { } ring ? ring.Finished : []);

    /// <returns>Whether the growth is worth an alert.</returns>
    public bool Add(MemorySample sample)
    {
        History.Add(sample, Requests);
        if (sample.Rss > Peak)
            Peak = sample.Rss;
        return _alert.Add(sample.Rss);
    }

    /// <summary>At most every five seconds, however short the interval is.</summary>
    /// <returns>Whether the verdict became another.</returns>
    public bool Judge(TimeSpan now)
    {
        if (now < _nextJudgement)
            return false;
        _nextJudgement = now + BetweenJudgements;
        return _verdict.Add(GrowthJudge.Judge(History.Latest(JudgedOver), _limit?.Limit));
    }

    /// <summary>The runtime's own table, where it was read since this was asked last.</summary>
    public AllocationTable? TakeAllocations()
    {
        var latest = Heap?.Allocations;
        if (ReferenceEquals(latest, _toldAllocations))
            return null;
        return _toldAllocations = latest;
    }

    /// <summary>Threads, descriptors and, less often, the limit.</summary>
    public void ReadResources(TimeSpan now)
    {
        _resources = Process.ReadResources(now) ?? _resources;
        if (now < _nextLimit)
            return;
        _nextLimit = now + BetweenLimits;
        _limit = Process.ReadLimit() ?? _limit;
    }

    public WorkerView View(DateTimeOffset begin)
    {
        var last = Heap?.Last;
        return new WorkerView(
            Slot, Pid, Heap?.Runtime, Heap is null ? "level basic does not read the heap" : Heap.Unreadable, Since, History.Last, Baseline, Peak,
            _limit?.Limit, _limit?.Source, Verdict, _resources, Tasks(last), Heap?.ReadCollector(), Ring?.Pauses.View() ?? [], Heap?.First, last,
            History.View(begin), Ring?.InProgress ?? 0, Ring?.Seen ?? 0, Ring?.Lost ?? 0)
        {
            Command = Process.Command,
            ProcessStarted = Process.Started,
            CpuSeconds = Process.ReadCpuSeconds(),
            Allocations = Agent?.Latest,
            Sampling = Agent?.Counts,
        };
    }

    public void Dispose()
    {
        Heap?.Dispose();
        Agent?.Dispose();
        Ring?.Dispose();
        Process.Dispose();
    }

    /// <summary>Task objects; a finished one is freed as soon as nobody waits for it, so that few of them are.</summary>
    private static int? Tasks(HeapCensus? census)
    {
        if (census is null)
            return null;
        var tasks = 0L;
        foreach (var type in census.Types)
            tasks += type.Name is "_asyncio.Task" or "asyncio.tasks.Task" or "asyncio.Task" ? type.Count : 0;
        return (int)Math.Min(tasks, int.MaxValue);
    }
}
