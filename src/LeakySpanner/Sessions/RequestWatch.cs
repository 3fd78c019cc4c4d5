using LeakySpanner.Model.Usage;
using LeakySpanner.Sessions.Sampling;
using LeakySpanner.Target.Requests;

namespace LeakySpanner.Sessions;

/// <summary>
/// Counts what a worker writes into its ring while it is watched, by the time at which each request was finished rather than
/// the time at which we came to read of it.
/// </summary>
public sealed class RequestWatch : IDisposable
{
    /// <summary>A ring of 8,192 records lasts for a second and more at any rate that Python serves.</summary>
    private static readonly TimeSpan BetweenReads = TimeSpan.FromMilliseconds(50);

    /// <summary>Bounds memory: 24,000 bins of so many counts are 24 MB.</summary>
    private const int MostRoutes = 256;

    /// <summary>A record that seems to be this late was written on another clock (a time namespace): then the best are taken as fresh.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(5);

    private readonly RequestRing _ring;
    private readonly TimeProvider _clock;
    private readonly long _begin;
    private readonly TimeSpan _bin;
    private readonly RequestRecord[] _records = new RequestRecord[512];
    private readonly List<int[]> _bins = [];
    private readonly Dictionary<int, int> _columns = [];
    private readonly List<string> _routes = [];
    private TimeSpan? _offset;

    /// <param name="ring">Closed with this.</param>
    /// <param name="clock">Its timestamps are CLOCK_MONOTONIC, as the worker's are.</param>
    /// <param name="begin">Timestamp of the session's start.</param>
    /// <param name="bin">How finely requests are counted.</param>
    public RequestWatch(RequestRing ring, TimeProvider clock, long begin, TimeSpan bin)
    {
        (_ring, _clock, _begin, _bin) = (ring, clock, begin, bin);
        ring.SkipToNewest();
    }

    /// <summary>Gets the number and the route of every request; null where nobody samples allocations.</summary>
    internal RequestRoutes? Numbers { get; set; }

    /// <summary>After the watching: so that what came in the meantime is known by its number, though it is not counted.</summary>
    internal void FollowNumbers()
    {
        for (var round = 0; Numbers is { } numbers && round < RequestRingLayout.Records / 512; round++)
        {
            var count = _ring.Read(_records);
            foreach (var record in _records.AsSpan(0, count))
            {
                if (record.Kind is RequestKind.Http or RequestKind.WebSocket or RequestKind.Route)
                    numbers.Finished(record.Request, ColumnOf(record.Endpoint));
            }

            if (count < _records.Length)
                return;
        }
    }

    /// <summary>Name of a route, by what <see cref="Numbers"/> got.</summary>
    internal string NameOf(int column)
    {
        lock (_routes)
            return column < _routes.Count ? _routes[column] : RequestRing.Other;
    }

    /// <summary>Never throws for what stands in the ring.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(BetweenReads, _clock);
        try
        {
            do
                Read();
            while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            Read();
        }
    }

    /// <summary>Counts at the ends of the bins.</summary>
    public Traffic Traffic()
    {
        var finished = new long[_routes.Count];
        var samples = new List<TrafficSample>(_bins.Count + 1) { new(TimeSpan.Zero, [.. finished]) };
        for (var bin = 0; bin < _bins.Count; bin++)
        {
            for (var route = 0; route < _bins[bin].Length; route++)
                finished[route] += _bins[bin][route];
            samples.Add(new((bin + 1) * _bin, [.. finished]));
        }

        return new Traffic([.. _routes], [.. samples], _ring.Lost);
    }

    public void Dispose() => _ring.Dispose();

    /// <summary>Bounded, so that a writer who is faster than we are cannot keep us.</summary>
    private void Read()
    {
        for (var round = 0; round < RequestRingLayout.Records / 512; round++)
        {
            var count = _ring.Read(_records);
            var now = _clock.GetElapsedTime(_begin);
            Open(now);
            foreach (var record in _records.AsSpan(0, count))
            {
                if (record.Kind is RequestKind.Http or RequestKind.WebSocket)
                    Count(record, now);
                else if (record.Kind == RequestKind.Route)
                    Numbers?.Finished(record.Request, ColumnOf(record.Endpoint));
            }

            if (count < _records.Length)
                return;
        }
    }

    private void Count(in RequestRecord record, TimeSpan now)
    {
        var finished = TimeSpan.FromTicks((record.StartedNanoseconds + record.DurationNanoseconds) / 100);
        var since = finished - TimeSpan.FromSeconds(_begin / (double)_clock.TimestampFrequency);
        _offset ??= (now - since).Duration() < Late ? TimeSpan.Zero : now - since;
        var at = since + _offset.Value;
        var bin = Math.Clamp((int)(Math.Clamp(at / _bin, 0, int.MaxValue - 1)), 0, _bins.Count - 1);
        var column = ColumnOf(record.Endpoint);
        Numbers?.Finished(record.Request, column);
        if (column >= _bins[bin].Length)
        {
            var longer = new int[_routes.Count];
            _bins[bin].CopyTo(longer, 0);
            _bins[bin] = longer;
        }

        _bins[bin][column]++;
    }

    private int ColumnOf(int endpoint)
    {
        if (_columns.TryGetValue(endpoint, out var column))
            return column;
        var name = _columns.Count < MostRoutes ? _ring.NameOf(endpoint) : RequestRing.Other;
        column = _routes.IndexOf(name);
        if (column < 0)
        {
            column = _routes.Count;
            lock (_routes)
                _routes.Add(name);
        }

        if (_columns.Count < MostRoutes)
            _columns[endpoint] = column;
        return column;
    }

    private void Open(TimeSpan now)
    {
        var count = (int)Math.Min(now / _bin, 1 << 20) + 1;
        while (_bins.Count < count)
            _bins.Add([]);
    }
}
