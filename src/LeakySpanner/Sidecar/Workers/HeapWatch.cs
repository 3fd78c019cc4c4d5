using LeakySpanner.Model.Usage;
using LeakySpanner.Target;

namespace LeakySpanner.Sidecar.Workers;

/// <summary>
/// Opens a worker's heap as soon as it may be read, and looks at it no more often than costs 0.5 % of one core. What it knows may be
/// read from any thread; looking takes turns.
/// </summary>
internal sealed class HeapWatch(IWorkerProcess process, TimeSpan interval, TimeProvider clock) : IDisposable
{
    /// <summary>Of one core, by censuses of one worker.</summary>
    private const double CensusLoad = 0.005;

    /// <summary>Of one core, by readings of the runtime's own table of allocations at level deep.</summary>
    private const double AllocationsLoad = 0.01;

    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(1);

    /// <summary>
    /// A refusal before this is not told: a worker allows us to read it only once it knows our pid, and a forked one may still be
    /// starting.
    /// </summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly Lock _turn = new();
    private readonly long _begin = clock.GetTimestamp();
    private volatile IWorkerHeap? _heap;
    private volatile bool _ended;
    private TimeSpan _retry = FirstRetry;
    private TimeSpan _nextOpening;
    private TimeSpan _nextCensus;
    private TimeSpan _nextAllocations;

    public string? Runtime => _heap?.Runtime;

    /// <summary>Why the heap is not read, or null.</summary>
    public string? Unreadable { get; private set; }

    /// <summary>Whether <see cref="Unreadable"/> has stood long enough to be told.</summary>
    public bool IsRefused => _heap is null && Unreadable is not null && clock.GetElapsedTime(_begin) > Grace;

    public HeapCensus? First { get; private set; }

    public HeapCensus? Last { get; private set; }

    /// <summary>Read at level deep; null before the first one.</summary>
    public AllocationTable? Allocations { get; private set; }

    /// <summary>As of now; a single small read.</summary>
    public CollectorState? ReadCollector() => _ended ? Last?.Collector : _heap?.ReadCollector();

    /// <summary>Whatever is due. Takes as long as a census takes; never throws for what the worker does.</summary>
    /// <param name="now">Since the start of the session.</param>
    /// <param name="deep">Whether allocations are read too.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void Look(TimeSpan now, bool deep, CancellationToken cancel)
    {
        lock (_turn)
        {
            if (_ended || (_heap is null && !TryOpen(now)))
                return;
            try
            {
                if (now >= _nextCensus)
                    _nextCensus = now + Paced(CensusLoad, () => Keep(_heap!.TakeCensus(now, cancel)));
                if (deep && now >= _nextAllocations)
                    _nextAllocations = now + Paced(AllocationsLoad, () => Allocations = _heap!.ReadAllocations(MostSites, cancel));
            }
            catch (TargetException)
            {
                // Gone: the session sees it too. Not permitted any more: the next look finds out.
            }
        }
    }

    /// <summary>Sites kept of a table.</summary>
    public const int MostSites = 100;

    /// <exception cref="TargetException">The worker is gone, or its heap cannot be read.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public AllocationTable ReadAllocations(CancellationToken cancel)
    {
        lock (_turn)
        {
            if (_ended)
                throw new TargetException(TargetFailure.Gone, $"process {process.Pid} has ended");
            if (_heap is null && !TryOpen(clock.GetElapsedTime(_begin)))
                return new AllocationTable(IsTracing: false, [], 0, 0, 1, Unreadable ?? "the heap of this worker is not read");
            return _heap!.ReadAllocations(MostSites, cancel);
        }
    }

    /// <summary>Waits for a look that is being taken; what is known stays.</summary>
    public void Dispose()
    {
        _ended = true;
        lock (_turn)
            _heap?.Dispose();
    }

    private bool TryOpen(TimeSpan now)
    {
        if (now < _nextOpening)
            return false;
        try
        {
            _heap = process.OpenHeap();
            Unreadable = null;
            return true;
        }
        catch (TargetException exception)
        {
            Unreadable = exception.Message;
            _retry = _retry * 2 < LongestRetry ? _retry * 2 : LongestRetry;
            _nextOpening = exception.Failure == TargetFailure.NotSupported ? TimeSpan.MaxValue : now + _retry;
            return false;
        }
    }

    private void Keep(HeapCensus census)
    {
        First ??= census;
        Last = census;
    }

    /// <summary>From the start of this one to the next, such that it costs no more than a share of a core.</summary>
    private TimeSpan Paced(double load, Action work)
    {
        var start = clock.GetTimestamp();
        work();
        var pause = clock.GetElapsedTime(start) / load;
        return pause > interval ? pause : interval;
    }
}
