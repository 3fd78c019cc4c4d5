using System.Buffers.Binary;
using System.IO.Compression;

namespace LeakySpanner.Model.Heap;

/// <summary>Reads one section's frames, see <see cref="FrameWriter"/>. Throws InvalidDataException where they are not sound.</summary>
internal sealed class FrameReader(Stream source) : Stream
{
    private byte[] _stored = [];
    private byte[] _frame = [];
    private int _at;
    private int _length;
    private bool _ended;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty || (_at == _length && !NextFrame()))
            return 0;
        var part = Math.Min(buffer.Length, _length - _at);
        _frame.AsSpan(_at, part).CopyTo(buffer);
        _at += part;
        return part;
    }

    /// <summary>A section that says more than its reader wants is of another make.</summary>
    public void ExpectEnd()
    {
        if (_at != _length || NextFrame())
            throw new InvalidDataException("a section is longer than it should be");
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private bool NextFrame()
    {
        if (_ended)
            return false;
        Span<byte> header = stackalloc byte[FrameWriter.HeaderLength];
        source.ReadExactly(header);
        var length = BinaryPrimitives.ReadInt32LittleEndian(header);
        var stored = BinaryPrimitives.ReadInt32LittleEndian(header[4..]);
        var checksum = BinaryPrimitives.ReadUInt32LittleEndian(header[8..]);
        if (length == 0 && stored == 0 && checksum == 0)
        {
            _ended = true;
            return false;
        }

        if (length is <= 0 or > FrameWriter.FrameLength || stored <= 0 || stored > length || (long)stored * FrameWriter.LargestRatio < length)
            throw new InvalidDataException("a frame has an impossible length");
        if (_frame.Length < length)
            (_frame, _stored) = (new byte[length], new byte[length]);
        source.ReadExactly(_stored.AsSpan(0, stored));
        if (FrameWriter.Checksum(_stored.AsSpan(0, stored)) != checksum)
            throw new InvalidDataException("a checksum is wrong");
        if (stored == length)
            _stored.AsSpan(0, length).CopyTo(_frame);
        else
            Inflate(stored, length);
        (_at, _length) = (0, length);
        return true;
    }

    private void Inflate(int stored, int length)
    {
        using var inflate = new DeflateStream(new MemoryStream(_stored, 0, stored), CompressionMode.Decompress);
        if (inflate.ReadAtLeast(_frame.AsSpan(0, length), length, throwOnEndOfStream: false) != length || inflate.ReadByte() >= 0)
            throw new InvalidDataException("a frame does not have the length that it says");
    }
}
