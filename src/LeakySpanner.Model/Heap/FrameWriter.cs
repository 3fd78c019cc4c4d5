using System.Buffers.Binary;
using System.IO.Compression;

namespace LeakySpanner.Model.Heap;

/// <summary>
/// Writes one section: frames of at most <see cref="FrameLength"/> bytes, each preceded by its length, the length that is
/// stored, and a checksum (CRC-32C of what is stored); an empty frame ends the section.
/// </summary>
internal sealed class FrameWriter(Stream target) : Stream
{
    public const int FrameLength = 1 << 20;
    public const int HeaderLength = 12;

    /// <summary>A frame that would shrink further is stored as it is, so that no small file can ask for much memory.</summary>
    public const int LargestRatio = 128;

    private byte[] _frame = new byte[4096];
    private int _used;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            if (_used == _frame.Length)
                Array.Resize(ref _frame, Math.Min(FrameLength, 4 * _frame.Length));
            var part = Math.Min(buffer.Length, _frame.Length - _used);
            buffer[..part].CopyTo(_frame.AsSpan(_used));
            _used += part;
            buffer = buffer[part..];
            if (_used == FrameLength)
                EndFrame();
        }
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            if (_used > 0)
                EndFrame();
            target.Write(new byte[HeaderLength]);
        }

        base.Dispose(disposing);
    }

    internal static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var sum = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            sum = System.Numerics.BitOperations.Crc32C(sum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var rest in bytes)
            sum = System.Numerics.BitOperations.Crc32C(sum, rest);
        return ~sum;
    }

    private void EndFrame()
    {
        var packed = new MemoryStream(_used / 2);
        using (var deflate = new DeflateStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            deflate.Write(_frame, 0, _used);
        var shrinks = packed.Length < _used && packed.Length * LargestRatio >= _used;
        var stored = shrinks ? packed.GetBuffer().AsSpan(0, (int)packed.Length) : _frame.AsSpan(0, _used);
        Span<byte> header = stackalloc byte[HeaderLength];
        BinaryPrimitives.WriteInt32LittleEndian(header, _used);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], stored.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], Checksum(stored));
        target.Write(header);
        target.Write(stored);
        _used = 0;
    }
}
