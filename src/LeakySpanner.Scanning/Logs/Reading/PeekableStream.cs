namespace LeakySpanner.Scanning.Logs.Reading;

/// <summary>A stream, possibly a pipe, whose first bytes can be looked at before it is read.</summary>
internal sealed class PeekableStream(Stream stream) : Stream
{
    private readonly byte[] _head = new byte[6];
    private int _length = -1;
    private int _taken;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public ReadOnlySpan<byte> Peek()
    {
        if (_length < 0)
            _length = stream.ReadAtLeast(_head, _head.Length, throwOnEndOfStream: false);
        return _head.AsSpan(0, _length);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var left = Peek()[_taken..];
        if (left.IsEmpty || buffer.IsEmpty)
            return stream.Read(buffer);
        var length = Math.Min(left.Length, buffer.Length);
        left[..length].CopyTo(buffer);
        _taken += length;
        return length;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            stream.Dispose();
        base.Dispose(disposing);
    }
}
