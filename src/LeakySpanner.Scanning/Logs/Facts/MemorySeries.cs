namespace LeakySpanner.Scanning.Logs.Facts;

/// <summary>Memory of one thing at one moment.</summary>
/// <param name="At">Always known.</param>
/// <param name="Bytes">Resident memory, or what the platform counts.</param>
public readonly record struct MemoryPoint(LogTime At, long Bytes);

/// <summary>
/// Memory of one process, container or dyno over time, in bounded space: where there are too many points, only the least and the
/// greatest of each stretch are kept, so that neither a floor nor a peak is lost.
/// </summary>
public sealed class MemorySeries
{
    /// <summary>More than a judgement looks at; 32 KiB.</summary>
    public const int MostPoints = 2048;

    private readonly List<MemoryPoint> _points = [];
    private int _stride = 1;
    private int _gathered;
    private MemoryPoint _least;
    private MemoryPoint _greatest;

    /// <param name="name">"pid 4121 (python3)", "container web".</param>
    /// <param name="source">The format's name.</param>
    public MemorySeries(string name, string source) => (Name, Source) = (name, source);

    public string Name { get; }

    public string Source { get; }

    /// <summary>Bytes at which it is killed, or null.</summary>
    public long? Limit { get; set; }

    /// <summary>Samples taken, also those that were thinned out.</summary>
    public long Samples { get; private set; }

    /// <summary>Samples that go back in time; they are not kept.</summary>
    public long OutOfOrder { get; private set; }

    public MemoryPoint First { get; private set; }

    public MemoryPoint Last { get; private set; }

    public MemoryPoint Peak { get; private set; }

    public void Add(LogTime at, long bytes)
    {
        if (Samples > 0 && at < Last.At)
        {
            OutOfOrder++;
            return;
        }

        var point = new MemoryPoint(at, bytes);
        First = Samples == 0 ? point : First;
        Peak = Samples == 0 || bytes > Peak.Bytes ? point : Peak;
        Last = point;
        Samples++;
        Gather(point);
        if (_points.Count >= MostPoints)
            Thin();
    }

    /// <summary>In order of time, the last sample included.</summary>
    public IReadOnlyList<MemoryPoint> Points()
    {
        List<MemoryPoint> points = [.. _points];
        if (_gathered > 0)
            AddBoth(points, _least, _greatest);
        if (Samples > 0 && (points.Count == 0 || points[^1] != Last))
            points.Add(Last);
        return points;
    }

    private void Gather(MemoryPoint point)
    {
        if (_stride == 1)
        {
            _points.Add(point);
            return;
        }

        _least = _gathered == 0 || point.Bytes < _least.Bytes ? point : _least;
        _greatest = _gathered == 0 || point.Bytes > _greatest.Bytes ? point : _greatest;
        if (++_gathered < 2 * _stride)
            return;
        AddBoth(_points, _least, _greatest);
        _gathered = 0;
    }

    private void Thin()
    {
        var kept = new List<MemoryPoint>(MostPoints);
        for (var first = 0; first < _points.Count; first += 4)
        {
            var group = _points[first..Math.Min(first + 4, _points.Count)];
            AddBoth(kept, group.MinBy(point => point.Bytes), group.MaxBy(point => point.Bytes));
        }

        _points.Clear();
        _points.AddRange(kept);
        _stride *= 2;
    }

    private static void AddBoth(List<MemoryPoint> points, MemoryPoint one, MemoryPoint other)
    {
        points.Add(one.At <= other.At ? one : other);
        if (one != other)
            points.Add(one.At <= other.At ? other : one);
    }
}
