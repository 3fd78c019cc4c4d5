using System.Collections.Immutable;
using System.Runtime.InteropServices;
using LeakySpanner.Model.Usage;
using LeakySpanner.Sidecar.View;

namespace LeakySpanner.Sidecar.History;

/// <summary>Memory of one worker over a day, thinner the older it is: at most some 3,500 points of 56 bytes.</summary>
internal sealed class MemoryHistory
{
    /// <summary>From this age on, points are at least so far apart.</summary>
    private static readonly (TimeSpan Age, TimeSpan Spacing)[] Spacings =
    [
        (TimeSpan.FromHours(6), TimeSpan.FromMinutes(2)),
        (TimeSpan.FromHours(1), TimeSpan.FromSeconds(30)),
        (TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(3)),
        (TimeSpan.Zero, TimeSpan.FromMilliseconds(400)),
    ];

    private static readonly TimeSpan Oldest = TimeSpan.FromHours(24);
    private static readonly TimeSpan BetweenThinnings = TimeSpan.FromMinutes(1);

    private readonly List<MemorySample> _samples = [];
    private readonly List<long> _requests = [];
    private TimeSpan _nextThinning = BetweenThinnings;

    public int Count => _samples.Count;

    public MemorySample First => _samples[0];

    public MemorySample Last => _samples[^1];

    public ReadOnlySpan<MemorySample> Samples => CollectionsMarshal.AsSpan(_samples);

    /// <param name="sample">Not before the last one.</param>
    /// <param name="requests">Finished since the worker registered.</param>
    public void Add(MemorySample sample, long requests)
    {
        _samples.Add(sample);
        _requests.Add(requests);
        if (sample.At < _nextThinning)
            return;
        _nextThinning = sample.At + BetweenThinnings;
        Thin(sample.At);
    }

    /// <summary>Those not older than an age.</summary>
    public ReadOnlySpan<MemorySample> Latest(TimeSpan age)
    {
        var from = Last.At - age;
        var samples = Samples;
        var start = 0;
        while (start < samples.Length && samples[start].At < from)
            start++;
        return samples[start..];
    }

    /// <param name="begin">The wall clock at <see cref="TimeSpan.Zero"/>.</param>
    public ImmutableArray<HistoryPoint> View(DateTimeOffset begin)
    {
        var points = ImmutableArray.CreateBuilder<HistoryPoint>(_samples.Count);
        for (var i = 0; i < _samples.Count; i++)
            points.Add(new HistoryPoint(begin + _samples[i].At, _samples[i].Rss, _samples[i].Anonymous, _requests[i]));
        return points.MoveToImmutable();
    }

    private void Thin(TimeSpan now)
    {
        var kept = 0;
        for (var i = 0; i < _samples.Count; i++)
        {
            var age = now - _samples[i].At;
            var last = i == _samples.Count - 1;
            if (!last && (age > Oldest || (kept > 0 && _samples[i].At - _samples[kept - 1].At < SpacingAt(age))))
                continue;
            (_samples[kept], _requests[kept]) = (_samples[i], _requests[i]);
            kept++;
        }

        _samples.RemoveRange(kept, _samples.Count - kept);
        _requests.RemoveRange(kept, _requests.Count - kept);
    }

    private static TimeSpan SpacingAt(TimeSpan age)
    {
        foreach (var (from, spacing) in Spacings)
        {
            if (age >= from)
                return spacing;
        }

        return TimeSpan.Zero;
    }
}
