using System.Buffers;

namespace LeakySpanner.Sidecar.Log;

/// <summary>
/// What the session tells, in the format that was asked for. Gathers what is told at one moment and writes it at once, so that lines
/// never mix and a burst costs one call. Never throws for what the disk does.
/// </summary>
internal sealed class SessionLog : IDisposable
{
    /// <summary>ENDPOINT lines between two snapshot lines.</summary>
    public const int MostEndpointLines = 20;

    /// <summary>A moment's lines are written in pieces of this size.</summary>
    private const int Piece = 64 * 1024;

    private readonly TimeProvider _clock;
    private readonly LogFiles _files;
    private readonly ILogWriter _writer;
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private int _endpointLines;
    private int _omitted;

    /// <param name="options">Where, how, and how much.</param>
    /// <param name="clock">Local time names the file.</param>
    public SessionLog(SidecarOptions options, TimeProvider clock)
    {
        _clock = clock;
        _files = new LogFiles(options.LogPath, options.LogBytes, clock);
        _writer = options.LogFormat == LogFormat.Json ? new LogJson() : new LogText();
    }

    /// <summary>The file that is written, or null where none can be.</summary>
    public string? File => _files.Current;

    /// <summary>Why nothing is written, or null.</summary>
    public string? Trouble => _files.Trouble;

    /// <summary>Whether lines say which worker they are about.</summary>
    public bool ShowPids { get; set; }

    public void Tell(LogEvent told)
    {
        if (told is EndpointDelta && _endpointLines++ >= MostEndpointLines)
        {
            _omitted++;
            return;
        }

        _writer.Write(told, ShowPids, _buffer);
        if (_buffer.WrittenCount >= Piece)
            Flush();
    }

    /// <summary>Begins an interval: ENDPOINT lines may be written again, and those left out are told.</summary>
    public void BeginInterval(DateTimeOffset now)
    {
        if (_omitted > 0)
            Tell(new EndpointsOmitted(now, _omitted));
        _endpointLines = _omitted = 0;
    }

    public void Flush()
    {
        if (_buffer.WrittenCount == 0)
            return;
        var missed = _files.Missed;
        _files.Write(_buffer.WrittenSpan);
        _buffer.ResetWrittenCount();
        if (missed > 0 && _files.Missed == 0)
            Tell(new Note(_clock.GetLocalNow(), $"{missed} bytes of this log could not be written before"));
    }

    public void Dispose()
    {
        Flush();
        _files.Dispose();
    }
}
