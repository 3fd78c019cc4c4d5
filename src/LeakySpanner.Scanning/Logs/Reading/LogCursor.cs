using LeakySpanner.Scanning.Logs.Facts;
using LeakySpanner.Scanning.Logs.Formats;

namespace LeakySpanner.Scanning.Logs.Reading;

/// <summary>One file, line by line: takes off what shippers wrap around a line, finds its time, and offers it to the formats.</summary>
internal sealed class LogCursor : IDisposable
{
    /// <summary>The same for all files; formats themselves remember what their file said.</summary>
    private static readonly PhraseTable Phrases = new(Formats(new DockerEvents(), new DockerStats()));

    private readonly LineReader _reader;
    private readonly LineContext _context;
    private readonly JsonFields _json = new();
    private readonly LineDress _dress;
    private readonly LineFormat[] _formats;
    private readonly DockerEvents _dockerEvents = new();
    private readonly DockerStats _dockerStats = new();
    private readonly long[] _counts;
    private long _accessLines;
    private long _jsonLines;
    private LogTime _at;
    private bool _hasTime;

    public LogCursor(string name, Stream stream, LineContext context)
    {
        (Name, _reader, _context) = (name, new LineReader(stream), context);
        _dress = new LineDress(_reader, context.Clock, _json);

        _formats = Formats(_dockerEvents, _dockerStats);
        _counts = new long[_formats.Length];
    }

    public string Name { get; }

    /// <summary>Of the current line: its own, or that of the last line that had one.</summary>
    public LogTime Time => _context.Now;

    public long Bytes => _reader.Bytes;

    /// <summary>Why it was not read to its end, or null.</summary>
    public string? Trouble { get; private set; }

    public bool MoveNext()
    {
        try
        {
            if (!_reader.MoveNext())
                return false;
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            Trouble = exception is InvalidDataException ? "its compressed data is damaged" : "it could not be read to its end";
            return false;
        }

        _at = _dress.Undress();
        _hasTime = _at.IsKnown;
        if (_hasTime)
            _context.Now = _at;
        else
            _at = _context.Now;
        return true;
    }

    public void Read(LogTally tally)
    {
        if (_hasTime)
            tally.Saw(_at);
        var line = new LogLine(_dress.Text, _at, _hasTime, _context);
        if (_dress.IsJson && TryReadJson(line, tally))
            return;
        if (_context.Table is { } table)
        {
            if (table.TryRow(line, tally))
            {
                _counts[Array.IndexOf(_formats, table)]++;
                return;
            }

            _context.Table = null;
        }

        if (AccessLog.TryRead(line, tally))
        {
            _accessLines++;
            return;
        }

        if (!TryReadPhrases(line, tally))
            ReadOrdinary(line, tally);
    }

    public LogFileFacts End(LogTally tally)
    {
        foreach (var format in _formats)
            format.End(tally);
        for (var i = 0; i < _formats.Length; i++)
            tally.CountFormat(_formats[i].Name, _counts[i]);
        tally.CountFormat(AccessLog.Name, _accessLines);
        tally.CountFormat(OwnJson.Name, _jsonLines);
        if (_context.Clock.SinceStart)
            tally.HasTimeOfDay = false;
        if (_reader.Cut > 0)
            tally.Remark($"{_reader.Cut} lines of {Name} are longer than {LineReader.LongestLine / 1024} KiB and were read to there");
        return new(Name, _reader.Lines, _reader.Bytes, Trouble);
    }

    public void Dispose() => _reader.Dispose();

    /// <summary>Those that are surest of their lines come first; a phrase of a later one may occur in any message.</summary>
    private static LineFormat[] Formats(DockerEvents dockerEvents, DockerStats dockerStats) =>
    [
        new OwnText(), new OwnSummary(), new Kubernetes(), new KernelOom(), new GunicornLog(), new UvicornLog(), new PythonWarnings(), new PythonTraceback(),
        new ConnectionPools(), new Supervisors(), dockerEvents, dockerStats, new KubernetesTop(), new CloudRun(), new Heroku(), new Lambda(),
        new ProcessTable(), new Vmstat(), new Psrecord(), new Mprof(), new TracemallocListing(), new Jobs(), new MemoryInText(),
    ];

    private bool TryReadJson(LogLine line, LogTally tally)
    {
        if (OwnJson.TryRead(line, _json, _reader.Line, tally))
            _jsonLines++;
        else if (_dockerEvents.TryReadJson(line, _json, tally))
            _counts[Array.IndexOf(_formats, _dockerEvents)]++;
        else if (_dockerStats.TryReadJson(line, _json, tally))
            _counts[Array.IndexOf(_formats, _dockerStats)]++;
        else if (JsonRequest.TryRead(line, _json, tally))
            _accessLines++;
        else
            return JsonRequest.TryMemory(line, _json, tally);
        return true;
    }

    private bool TryReadPhrases(LogLine line, LogTally tally)
    {
        for (var found = Phrases.Find(line.Text); found != 0; found &= found - 1)
        {
            var format = System.Numerics.BitOperations.TrailingZeroCount(found);
            if (!_formats[format].TryRead(line, tally))
                continue;
            _counts[format]++;
            return true;
        }

        return false;
    }

    /// <summary>A message of the application has a time or a level; what has neither is not a line that we know.</summary>
    private void ReadOrdinary(LogLine line, LogTally tally)
    {
        var text = line.Text.Trim((byte)' ');
        if (text.IsEmpty)
            return;
        if (_hasTime || _dress.IsJson || LineDress.HasLevel(text))
            tally.Note(text, _at);
        else
            tally.NotRead(_reader.Line);
    }
}
