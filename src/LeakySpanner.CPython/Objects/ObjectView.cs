using System.Buffers.Binary;

namespace LeakySpanner.CPython.Objects;

/// <summary>
/// A copy of one object's bytes, with what precedes it (the collector's header, a managed dict). Words outside the copy
/// read as null references: a reader that needs more asks <see cref="Has"/> first.
/// </summary>
/// <param name="bytes">From the start of the block to its end.</param>
/// <param name="origin">Where in them the object itself starts.</param>
/// <param name="address">Of the object in the target.</param>
internal readonly ref struct ObjectView(ReadOnlySpan<byte> bytes, int origin, ulong address)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public ulong Address { get; } = address;

    /// <summary>Bytes at hand from the object's start.</summary>
    public int Length => _bytes.Length - origin;

    public bool Has(int offset, long length) => origin + offset >= 0 && length >= 0 && length <= _bytes.Length - origin - offset;

    public ulong Word(int offset) => Has(offset, sizeof(ulong)) ? BinaryPrimitives.ReadUInt64LittleEndian(_bytes[(origin + offset)..]) : 0;

    public long Int64(int offset) => (long)Word(offset);

    public int Int32(int offset) => Has(offset, sizeof(int)) ? BinaryPrimitives.ReadInt32LittleEndian(_bytes[(origin + offset)..]) : 0;

    public byte Byte(int offset) => Has(offset, 1) ? _bytes[origin + offset] : (byte)0;

    public ReadOnlySpan<byte> Bytes(int offset, int length) => _bytes.Slice(origin + offset, length);
}
