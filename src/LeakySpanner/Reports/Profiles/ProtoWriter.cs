using System.Buffers;

namespace LeakySpanner.Reports.Profiles;

/// <summary>As much of Protocol Buffers' wire format as a profile needs: numbers, bytes, messages, packed lists.</summary>
internal sealed class ProtoWriter
{
    private const int Varint = 0;
    private const int Delimited = 2;

    private readonly ArrayBufferWriter<byte> _buffer = new();

    public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    public void Number(int field, ulong value)
    {
        Write(((ulong)field << 3) | Varint);
        Write(value);
    }

    public void Bytes(int field, ReadOnlySpan<byte> bytes)
    {
        Write(((ulong)field << 3) | Delimited);
        Write((ulong)bytes.Length);
        _buffer.Write(bytes);
    }

    public void Message(int field, ProtoWriter message) => Bytes(field, message.Written);

    public void Packed(int field, IEnumerable<ulong> values)
    {
        var list = new ProtoWriter();
        foreach (var value in values)
            list.Write(value);
        Bytes(field, list.Written);
    }

    private void Write(ulong value)
    {
        var room = _buffer.GetSpan(10);
        var length = 0;
        for (; value > 0x7f; value >>= 7)
            room[length++] = (byte)(value | 0x80);
        room[length++] = (byte)value;
        _buffer.Advance(length);
    }
}
