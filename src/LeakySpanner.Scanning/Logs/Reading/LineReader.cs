namespace LeakySpanner.Scanning.Logs.Reading;

/// <summary>
/// Lines of a stream without a copy per line, in one buffer of fixed size. What a line has beyond <see cref="LongestLine"/> is skipped:
/// no line that says something about memory is that long.
/// </summary>
internal sealed class LineReader(Stream stream) : IDisposable
{
    public const int LongestLine = 64 * 1024;

    private const int BufferSize = 4 * LongestLine;

    private readonly byte[] _buffer = new byte[BufferSize];
    private int _start;
    private int _end;
    private bool _ended;
    private int _lineStart;
    private int _lineLength;

    /// <summary>The line that was read last, without its end.</summary>
    public ReadOnlySpan<byte> Line => _buffer.AsSpan(_lineStart, _lineLength);

    /// <summary>Bytes taken from the stream so far.</summary>
    public long Bytes { get; private set; }

    public long Lines { get; private set; }

    /// <summary>Lines that were cut.</summary>
    public long Cut { get; private set; }

    /// <exception cref="IOException">The stream cannot be read on.</exception>
    /// <exception cref="InvalidDataException">It is compressed, and damaged.</exception>
    public bool MoveNext()
    {
        var searched = 0;
        while (true)
        {
            var length = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (length >= 0)
                return Take(searched + length, searched + length + 1);
            searched = _end - _start;
            if (searched > LongestLine)
                return TakeCut();
            if (_ended)
                return searched > 0 && Take(searched, searched);
            Fill();
        }
    }

    public void Dispose() => stream.Dispose();

    private bool Take(int length, int advance)
    {
        _lineStart = _start;
        Cut += length > LongestLine ? 1 : 0;
        _lineLength = Math.Min(length, LongestLine);
        if (_lineLength > 0 && _buffer[_lineStart + _lineLength - 1] == '\r')
            _lineLength--;
        _start += advance;
        Lines++;
        return true;
    }

    /// <summary>The beginning of a line too long for the buffer is kept aside while the rest goes by.</summary>
    private bool TakeCut()
    {
        var kept = _buffer.AsSpan(_start, LongestLine).ToArray();
        while (true)
        {
            var end = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (end >= 0)
            {
                _start += end + 1;
                break;
            }

            _start = _end = 0;
            if (_ended)
                break;
            Fill();
        }

        // The line lies in front of what is still to be read.
        if (_start < LongestLine)
        {
            var rest = _end - _start;
            Buffer.BlockCopy(_buffer, _start, _buffer, LongestLine, rest);
            (_start, _end) = (LongestLine, LongestLine + rest);
        }

        kept.CopyTo(_buffer, 0);
        (_lineStart, _lineLength) = (0, LongestLine);
        Lines++;
        Cut++;
        return true;
    }

    private void Fill()
    {
        if (_start > 0)
        {
            Buffer.BlockCopy(_buffer, _start, _buffer, 0, _end - _start);
            (_start, _end) = (0, _end - _start);
        }

        var read = stream.Read(_buffer, _end, _buffer.Length - _end);
        _ended = read == 0;
        _end += read;
        Bytes += read;
    }
}
