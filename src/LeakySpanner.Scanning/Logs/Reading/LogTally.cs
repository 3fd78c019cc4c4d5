using LeakySpanner.Scanning.Logs.Facts;
using LeakySpanner.Scanning.Logs.Requests;

namespace LeakySpanner.Scanning.Logs.Reading;

/// <summary>What lines say, added up in bounded space, in the order of their times.</summary>
internal sealed class LogTally
{
    public const int MostSeries = 256;
    public const int MostStarts = 1000;
    public const int MostTallies = 512;
    public const int MostAllocations = 1000;
    public const int MostUnreadSamples = 5;

    private const int LongestSample = 160;

    private static readonly TimeSpan Repeated = TimeSpan.FromSeconds(60);

    private readonly Dictionary<string, MemorySeries> _series = new(StringComparer.Ordinal);
    private readonly Dictionary<(LogEventKind, string?, string?), EventTally> _events = [];
    private readonly Dictionary<string, AllocationFacts> _allocations = new(StringComparer.Ordinal);
    private readonly List<LogTime> _starts = [];
    private readonly List<(string Shape, string Line)> _unread = [];
    private readonly Dictionary<string, long> _formats = new(StringComparer.Ordinal);
    private readonly HashSet<string> _remarks = [];
    private readonly Dictionary<(LogEventKind, int), LogTime> _lastTold = [];
    private readonly KillLedger _kills = new();
    private readonly RecentActivity _recent;
    private readonly TrafficGrid _grid = new();
    private LogTime _first;
    private LogTime _last;

    public LogTally() => _recent = new RecentActivity(Endpoints, Notes);

    public EndpointTable Endpoints { get; } = new();

    public NoteTable Notes { get; } = new();

    public long Ordinary { get; private set; }

    public long Unread { get; private set; }

    public bool HasTimeOfDay { get; set; } = true;

    /// <summary>Samples of processes beyond the bound on series.</summary>
    public long SamplesLeftOut { get; private set; }

    public void CountFormat(string format, long lines)
    {
        if (lines > 0)
            _formats[format] = _formats.GetValueOrDefault(format) + lines;
    }

    /// <summary>Where some lines have a date, those without one say nothing about when the logs begin and end.</summary>
    public void Saw(LogTime at)
    {
        if (!at.IsKnown || (_first.HasDate && !at.HasDate))
            return;
        if (at.HasDate && !_first.HasDate)
            _first = _last = LogTime.Unknown;
        _first = !_first.IsKnown || at < _first ? at : _first;
        _last = at > _last ? at : _last;
    }

    public void Request(ReadOnlySpan<byte> method, ReadOnlySpan<byte> path, int status, LogTime at)
    {
        var endpoint = Endpoints.Find(method, path);
        var count = Endpoints[endpoint];
        count.Requests++;
        if (status >= 500)
            count.ServerErrors++;
        _recent.AddEndpoint(endpoint, at);
        _grid.Add(endpoint, at);
    }

    /// <summary>An endpoint of our own log: its memory, not its requests.</summary>
    public EndpointCount Endpoint(ReadOnlySpan<byte> method, ReadOnlySpan<byte> path) => Endpoints[Endpoints.Find(method, path)];

    public void Note(ReadOnlySpan<byte> message, LogTime at)
    {
        Ordinary++;
        _recent.AddNote(Notes.Add(message, isJob: false), at);
    }

    public void Job(ReadOnlySpan<byte> name, LogTime at) => _recent.AddNote(Notes.Add(name, isJob: true), at);

    public void Event(LogEvent told)
    {
        Saw(told.At);
        if (IsSaidAgain(told))
            return;
        switch (told.Kind)
        {
            case LogEventKind.Killed:
                if (_kills.Add(told))
                    _recent.LookBack(told.At);
                return;
            case LogEventKind.WorkerTimeout when told.Pid is { } pid:
                _kills.TimedOut(pid, told.At);
                break;
            case LogEventKind.Started when told.At.IsKnown && _starts.Count < MostStarts:
                _starts.Add(told.At);
                break;
        }

        var key = (told.Kind, told.Detail, told.Site);
        if (!_events.TryGetValue(key, out var tally))
        {
            if (_events.Count >= MostTallies)
                key = (told.Kind, null, null);
            tally = _events.GetValueOrDefault(key) ?? new(told.Kind, key.Item2, key.Item3, 0, told.At, told.At);
        }

        _events[key] = tally with
        {
            Count = tally.Count + 1,
            First = told.At.IsKnown && (told.At < tally.First || !tally.First.IsKnown) ? told.At : tally.First,
            Last = told.At > tally.Last ? told.At : tally.Last,
        };
    }

    /// <param name="name">Of the thing that has the memory.</param>
    /// <param name="source">The format's name.</param>
    /// <param name="at">Samples without a time are counted but not kept.</param>
    /// <param name="bytes">Resident memory.</param>
    /// <param name="limit">At which it is killed, or null.</param>
    public void Sample(string name, string source, LogTime at, long bytes, long? limit = null)
    {
        if (!at.IsKnown)
        {
            Remark($"memory samples of {source} have no time: say --interval SECONDS if they are equally far apart");
            return;
        }

        Saw(at);
        var key = source + "\0" + name;
        if (!_series.TryGetValue(key, out var series))
        {
            if (_series.Count >= MostSeries)
            {
                SamplesLeftOut++;
                return;
            }

            _series.Add(key, series = new MemorySeries(name, source));
        }

        series.Limit = limit ?? series.Limit;
        series.Add(at, bytes);
    }

    public void Allocation(string site, long bytes, long count)
    {
        if (_allocations.TryGetValue(site, out var known))
            _allocations[site] = known with { Last = bytes, Greatest = Math.Max(known.Greatest, bytes), Count = count, Listings = known.Listings + 1 };
        else if (_allocations.Count < MostAllocations)
            _allocations.Add(site, new(site, bytes, bytes, bytes, count, 1));
    }

    /// <summary>Lines of the same shape are shown once.</summary>
    public void NotRead(ReadOnlySpan<byte> line)
    {
        Unread++;
        if (_unread.Count >= MostUnreadSamples)
            return;
        var text = LineScanner.Text(line[..Math.Min(line.Length, LongestSample)]);
        var shape = string.Concat(text.Take(12).Select(character => char.IsAsciiDigit(character) ? '#' : character));
        if (text.Length > 0 && !_unread.Exists(sample => sample.Shape == shape))
            _unread.Add((shape, text));
    }

    /// <summary>Said once in the report.</summary>
    public void Remark(string text)
    {
        if (_remarks.Count < 20)
            _remarks.Add(text);
    }

    public LogFacts ToFacts(IEnumerable<LogFileFacts> files)
    {
        Endpoints.Settle();
        if (SamplesLeftOut > 0)
            Remark($"{SamplesLeftOut} memory samples belong to more than {MostSeries} processes and were left out");
        if (Notes.Count >= NoteTable.MostNotes)
            Remark($"more than {NoteTable.MostNotes} different messages: those that came later were not compared with kills");
        return new(
            [.. files],
            [.. _formats.OrderByDescending(format => format.Value).ThenBy(format => format.Key, StringComparer.Ordinal).Select(format => new FormatCount(format.Key, format.Value))],
            Ordinary,
            Unread,
            [.. _unread.Select(sample => sample.Line)],
            _first,
            _last,
            HasTimeOfDay,
            [.. _kills.All()],
            _kills.Count,
            [.. _events.Values.OrderByDescending(tally => tally.Count).ThenBy(tally => tally.Kind).ThenBy(tally => tally.Detail, StringComparer.Ordinal).ThenBy(tally => tally.Site, StringComparer.Ordinal)],
            [.. _starts.Order()],
            [.. _series.Values],
            [.. Endpoints.All().OrderByDescending(entry => entry.Count.Requests).ThenBy(entry => entry.Count.Name, StringComparer.Ordinal).Select(entry => Fact(entry.Count))],
            [.. Notes.All.OrderByDescending(note => note.Count).ThenBy(note => note.Text, StringComparer.Ordinal).Select(note => new NoteFacts(note.Text, note.IsJob, note.Count, new(note.Windows, note.InWindows)))],
            new(_recent.Windows, _recent.Covered, _recent.Whole, _recent.Timed),
            [.. _allocations.Values.OrderByDescending(site => site.Last).ThenBy(site => site.Site, StringComparer.Ordinal)],
            _grid.ToTraffic(Endpoints, _first),
            [.. _remarks]);
    }

    /// <summary>Servers and what runs in them both tell that a worker starts or ends, and loggers may have two handlers.</summary>
    private bool IsSaidAgain(LogEvent told)
    {
        if (told.Pid is not { } pid || told.Kind is not (LogEventKind.Started or LogEventKind.Ended))
            return false;
        if (_lastTold.TryGetValue((told.Kind, pid), out var last) && (!last.IsKnown || told.At - last < Repeated))
            return true;
        if (_lastTold.Count >= MostSeries)
            _lastTold.Clear();
        _lastTold[(told.Kind, pid)] = told.At;
        return false;
    }

    private static EndpointFacts Fact(EndpointCount count) => new(
        count.Name, count.Requests, count.ServerErrors, count.Deltas.Count,
        count.Deltas.Count > 0 ? count.Deltas.Sum / count.Deltas.Count : null,
        count.Deltas.Count > 0 ? count.Deltas.Max : null,
        count.BytesPerRequest,
        new(count.Windows, count.InWindows));
}
