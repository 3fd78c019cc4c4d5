namespace LeakySpanner.Scanning.Logs.Requests;

/// <summary>What was logged of one endpoint.</summary>
/// <param name="name">"GET /items/{}".</param>
internal sealed class EndpointCount(string name)
{
    private DeltaTally _lines;
    private DeltaTally _summaries;

    public string Name { get; set; } = name;

    public long Requests { get; set; }

    public long ServerErrors { get; set; }

    /// <summary>
    /// How much memory requests added, by our own log: its summaries tell of all requests, its lines only of some, so that lines count
    /// where there is no summary.
    /// </summary>
    public DeltaTally Deltas => _summaries.Count > 0 ? _summaries : _lines;

    /// <summary>Windows before a kill in which it was asked for, and how often altogether.</summary>
    public int Windows { get; set; }

    public long InWindows { get; set; }

    public int LastWindow { get; set; } = -1;

    /// <summary>The last summary of our own log, bytes per request by regression, or null.</summary>
    public double? BytesPerRequest { get; set; }

    public bool IsEmpty => Requests == 0 && Deltas.Count == 0 && BytesPerRequest is null;

    /// <summary>A line about one request.</summary>
    public void AddLine(long bytes) => _lines = _lines.With(new(1, bytes, bytes));

    /// <summary>A line about all of a session.</summary>
    public void AddSummary(long count, double average, long most) => _summaries = _summaries.With(new(count, average * count, most));

    public void Add(EndpointCount other)
    {
        Requests += other.Requests;
        ServerErrors += other.ServerErrors;
        _lines = _lines.With(other._lines);
        _summaries = _summaries.With(other._summaries);
        Windows = Math.Max(Windows, other.Windows);
        InWindows += other.InWindows;
        LastWindow = Math.Max(LastWindow, other.LastWindow);
        BytesPerRequest ??= other.BytesPerRequest;
    }
}

/// <param name="Count">Requests.</param>
/// <param name="Sum">Bytes.</param>
/// <param name="Max">Bytes.</param>
internal readonly record struct DeltaTally(long Count, double Sum, long Max)
{
    public DeltaTally With(DeltaTally other) =>
        other.Count == 0 ? this : new(Count + other.Count, Sum + other.Sum, Count == 0 ? other.Max : Math.Max(Max, other.Max));
}
