using LeakySpanner.Model.Usage;
using LeakySpanner.Target;

namespace LeakySpanner.Sessions;

/// <summary>
/// Follows the kernel's numbers of one process until it is told to stop or the process ends. Reads /proc only; costs some
/// 50 microseconds per sample.
/// </summary>
public sealed class MemoryWatch
{
    /// <summary>Twenty per second, unless the session is so long that fewer say as much.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(50);

    private const int MostSamples = 24_000;
    private const int LatestSamples = 128;

    private static readonly TimeSpan BetweenResources = TimeSpan.FromSeconds(1);

    private readonly TargetProcess _target;
    private readonly TimeProvider _clock;
    private readonly long _begin;
    private readonly TimeSpan _interval;
    private readonly Lock _lock = new();
    private readonly List<MemorySample> _samples = [];
    private readonly List<ResourceSample> _resources = [];
    private int _looks;
    private int _looksStopped;
    private int _looksUninterruptible;

    /// <param name="target">The process.</param>
    /// <param name="clock">The time.</param>
    /// <param name="begin">Timestamp of the session's start, from which samples count.</param>
    /// <param name="duration">How long it is going to be watched.</param>
    public MemoryWatch(TargetProcess target, TimeProvider clock, long begin, TimeSpan duration)
    {
        _target = target;
        _clock = clock;
        _begin = begin;
        var sparse = duration / MostSamples;
        _interval = sparse > Shortest ? sparse : Shortest;
    }

    /// <summary>Why the watching ended before it was told to: the process ended, or replaced its program.</summary>
    public bool TargetEnded { get; private set; }

    /// <summary>When that was seen; null where it was not.</summary>
    public TimeSpan? EndSeen { get; private set; }

    /// <summary>The wall clock then.</summary>
    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>True where the process hardly ran while it was watched, so that its growth says nothing.</summary>
    public bool WasStopped => _looksStopped * 2 > _looks;

    /// <summary>The part of the time in which it was stopped, from 0 to 1, as far as looks once a second tell.</summary>
    public double StoppedShare => _looks == 0 ? 0 : (double)_looksStopped / _looks;

    public bool WasUninterruptible => _looksUninterruptible * 2 > _looks;

    /// <summary>Between samples.</summary>
    public TimeSpan Interval => _interval;

    /// <summary>Not while it runs, but for the callbacks.</summary>
    public IReadOnlyList<MemorySample> Samples => _samples;

    public IReadOnlyList<ResourceSample> Resources => _resources;

    /// <summary>The last samples, at any time and for any thread.</summary>
    public IReadOnlyList<MemorySample> Latest()
    {
        lock (_lock)
            return _samples.GetRange(Math.Max(0, _samples.Count - LatestSamples), Math.Min(_samples.Count, LatestSamples));
    }

    /// <summary>The first sample is taken before this returns to its caller. Never throws for what the target does.</summary>
    /// <param name="seen">Called with each sample.</param>
    /// <param name="stop">Ends the watching.</param>
    /// <param name="looked">Called once a second.</param>
    public async Task RunAsync(Action<MemorySample>? seen, CancellationToken stop, Action? looked = null)
    {
        using var timer = new PeriodicTimer(_interval, _clock);
        var nextResources = TimeSpan.Zero;
        try
        {
            do
            {
                var at = _clock.GetElapsedTime(_begin);
                var sample = _target.ReadMemorySample(at);
                lock (_lock)
                    _samples.Add(sample);
                seen?.Invoke(sample);
                if (at < nextResources)
                    continue;
                nextResources = at + BetweenResources;
                LookAtResources(at);
                looked?.Invoke();
            }
            while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false));
        }
        catch (TargetException)
        {
            TargetEnded = true;
            (EndSeen, EndedAt) = (_clock.GetElapsedTime(_begin), _clock.GetLocalNow());
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
    }

    private void LookAtResources(TimeSpan at)
    {
        _target.EnsureUnchanged();
        _resources.Add(_target.ReadResourceSample(at));
        var stat = _target.ReadStat();
        _looks++;
        _looksStopped += stat.IsStopped ? 1 : 0;
        _looksUninterruptible += stat.IsUninterruptible ? 1 : 0;
    }
}
