using System.Collections.Immutable;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.Sidecar.Costs;

/// <summary>
/// One worker's memory and the requests it had finished, at the same instants, over the last half hour: what a regression of growth on
/// requests needs. Bounded to some 1,000 instants. It begins some time after the first request: what a service takes once, when load comes
/// (threads, pools, buffers of all requests in flight), would be charged to the few requests that there were until then.
/// </summary>
internal sealed class TrafficLog
{
    private const int MostInstants = 1200;

    private static readonly TimeSpan Oldest = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan Spacing = TimeSpan.FromMilliseconds(450);

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);

    private readonly List<MemorySample> _memory = [];
    private readonly List<TrafficSample> _traffic = [];
    private ImmutableArray<long> _last = [];
    private TimeSpan? _firstRequest;

    public int Count => _memory.Count;

    public ReadOnlySpan<MemorySample> Memory => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_memory);

    /// <param name="memory">At one instant.</param>
    /// <param name="finished">At the same, by endpoint.</param>
    public void Add(MemorySample memory, ReadOnlySpan<long> finished)
    {
        if (finished.ContainsAnyExcept(0))
            _firstRequest ??= memory.At;
        if (memory.At - _firstRequest is not { } warm || warm < WarmUp || (_memory.Count > 0 && memory.At - _memory[^1].At < Spacing))
            return;
        if (!finished.SequenceEqual(_last.AsSpan()))
            _last = ImmutableArray.Create(finished);
        _memory.Add(memory);
        _traffic.Add(new TrafficSample(memory.At, _last));
        if (_memory.Count > MostInstants)
            Thin(memory.At);
    }

    /// <param name="routes">By endpoint.</param>
    /// <param name="lost">Requests that were not recorded.</param>
    public Traffic ToTraffic(ImmutableArray<string> routes, long lost) => new(routes, [.. _traffic], lost);

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
