using System.Collections.Immutable;
using System.Runtime.InteropServices;
using LeakySpanner.Model;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.Sidecar.Costs;

/// <summary>
/// One worker's memory and the requests it had finished over the last half hour: what a regression of growth on requests needs. Both are
/// averages of the same readings over half a second, because between two requests that begin and end memory tells as much of chance as of what
/// stays. Bounded to some 1,000 of them. It begins some time after the first request: what a service takes once, when load comes (threads,
/// pools, buffers of all requests in flight), would be charged to the few requests that there were until then.
/// </summary>
internal sealed class TrafficLog
{
    private const int MostInstants = 1200;

    private static readonly TimeSpan Oldest = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan Averaged = TimeSpan.FromMilliseconds(450);

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);

    private readonly List<MemorySample> _memory = [];
    private readonly List<TrafficSample> _traffic = [];
    private readonly List<MemorySample> _readings = [];
    private long[] _finished = [];
    private ImmutableArray<long> _last = [];
    private TimeSpan? _firstRequest;

    /// <summary>Of averages.</summary>
    public int Count => _memory.Count;

    public ReadOnlySpan<MemorySample> Memory => CollectionsMarshal.AsSpan(_memory);

    /// <summary>To be called several times within half a second where there is traffic. A reading is seen once the next average has begun.</summary>
    /// <param name="memory">At one instant.</param>
    /// <param name="finished">At the same, by endpoint.</param>
    public void Add(MemorySample memory, ReadOnlySpan<long> finished)
    {
        if (finished.ContainsAnyExcept(0))
            _firstRequest ??= memory.At;
        if (memory.At - _firstRequest is not { } warm || warm < WarmUp)
            return;
        if (_readings.Count > 0 && memory.At - _readings[0].At >= Averaged)
            Average();
        if (finished.Length > _finished.Length)
            Array.Resize(ref _finished, finished.Length);
        _readings.Add(memory);
        for (var i = 0; i < finished.Length; i++)
            _finished[i] += finished[i];
    }

    /// <param name="routes">By endpoint.</param>
    /// <param name="lost">Requests that were not recorded.</param>
    public Traffic ToTraffic(ImmutableArray<string> routes, long lost) => new(routes, [.. _traffic], lost);

    /// <summary>To the nearest byte and request, which is next to nothing against what half a second's traffic leaves.</summary>
    private void Average()
    {
        var count = _readings.Count;
        var at = _readings[0].At + TimeSpan.FromTicks((long)_readings.Average(reading => (reading.At - _readings[0].At).Ticks));
        for (var i = 0; i < _finished.Length; i++)
            _finished[i] = (_finished[i] + (count / 2)) / count;
        if (!_finished.AsSpan().SequenceEqual(_last.AsSpan()))
            _last = ImmutableArray.Create(_finished);
        _memory.Add(new MemorySample(
            at, Mean(reading => reading.Rss), Mean(reading => reading.Anonymous), Mean(reading => reading.Swapped), Mean(reading => reading.Virtual)));
        _traffic.Add(new TrafficSample(at, _last));
        _readings.Clear();
        _finished.AsSpan().Clear();
        if (_memory.Count > MostInstants)
            Thin(at);
    }

    private ByteSize Mean(Func<MemorySample, ByteSize> of) => new((long)_readings.Average(reading => (double)of(reading).Bytes));

    /// <summary>Drops what is too old, then every other instant of the older half: counts are cumulative, so that nothing is lost but detail.</summary>
    private void Thin(TimeSpan now)
    {
        var kept = 0;
        for (var i = 0; i < _memory.Count; i++)
        {
            if (now - _memory[i].At > Oldest || (i < MostInstants / 2 && i % 2 == 1))
                continue;
            (_memory[kept], _traffic[kept]) = (_memory[i], _traffic[i]);
            kept++;
        }

        _memory.RemoveRange(kept, _memory.Count - kept);
        _traffic.RemoveRange(kept, _traffic.Count - kept);
    }
}
