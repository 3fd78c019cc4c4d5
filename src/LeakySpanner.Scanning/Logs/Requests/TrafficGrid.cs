using System.Collections.Immutable;
using LeakySpanner.Model.Usage;
using LeakySpanner.Scanning.Logs.Facts;

namespace LeakySpanner.Scanning.Logs.Requests;

/// <summary>
/// Requests of each endpoint over time, for a regression of memory on them: a fixed number of stretches, twice as long whenever the log
/// turns out to be longer. The endpoints that come first have columns of their own.
/// </summary>
internal sealed class TrafficGrid
{
    private const int MostStretches = 1024;
    private const int Columns = 128;

    private readonly int[] _counts = new int[MostStretches * Columns];
    private long _start;
    private long _stretch = TimeSpan.TicksPerSecond;
    private int _last = -1;

    public void Add(int endpoint, LogTime at)
    {
        if (!at.IsKnown)
            return;
        if (_last < 0)
            _start = at.Ticks;
        if (at.Ticks < _start)
            return;
        while ((at.Ticks - _start) / _stretch >= MostStretches)
            Halve();
        var stretch = (int)((at.Ticks - _start) / _stretch);
        _last = Math.Max(_last, stretch);
        _counts[(stretch * Columns) + Math.Min(endpoint, Columns - 1)]++;
    }

    /// <param name="from">The moment that counts as zero.</param>
    public Traffic? ToTraffic(EndpointTable endpoints, LogTime from)
    {
        if (_last < 1)
            return null;
        var columns = Enumerable.Range(0, Columns).Select(column => column >= endpoints.Count ? 0 : endpoints.Canonical(column)).ToArray();
        var used = columns.Distinct().Order().ToList();
        var places = columns.Select(column => used.IndexOf(column)).ToArray();
        var sums = new long[used.Count];
        var samples = ImmutableArray.CreateBuilder<TrafficSample>();
        samples.Add(new(new TimeSpan(_start - from.Ticks), [.. sums]));
        for (var stretch = 0; stretch <= _last; stretch++)
        {
            for (var column = 0; column < Columns; column++)
                sums[places[column]] += _counts[(stretch * Columns) + column];
            samples.Add(new(new TimeSpan(_start + ((stretch + 1) * _stretch) - from.Ticks), [.. sums]));
        }

        return new Traffic([.. used.Select(endpoint => endpoints[endpoint].Name)], samples.ToImmutable(), 0);
    }

    private void Halve()
    {
        for (var stretch = 0; stretch < MostStretches / 2; stretch++)
        {
            for (var column = 0; column < Columns; column++)
                _counts[(stretch * Columns) + column] = _counts[(2 * stretch * Columns) + column] + _counts[(((2 * stretch) + 1) * Columns) + column];
        }

        Array.Clear(_counts, MostStretches / 2 * Columns, MostStretches / 2 * Columns);
        _stretch *= 2;
        _last /= 2;
    }
}
