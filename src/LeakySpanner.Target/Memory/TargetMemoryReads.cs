using System.Buffers.Binary;
using LeakySpanner.Model;

namespace LeakySpanner.Target.Memory;

/// <summary>Single values of a little-endian 64-bit target.</summary>
public static class TargetMemoryReads
{
    public static bool TryReadUInt64(this ITargetMemory memory, Address address, out ulong value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        var read = memory.TryRead(address, bytes);
        value = read ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : 0;
        return read;
    }

    public static bool TryReadInt64(this ITargetMemory memory, Address address, out long value)
    {
        var read = memory.TryReadUInt64(address, out var bits);
        value = (long)bits;
        return read;
    }

    public static bool TryReadUInt32(this ITargetMemory memory, Address address, out uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        var read = memory.TryRead(address, bytes);
        value = read ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : 0;
        return read;
    }

    public static bool TryReadByte(this ITargetMemory memory, Address address, out byte value)
    {
        Span<byte> bytes = stackalloc byte[1];
        var read = memory.TryRead(address, bytes);
        value = read ? bytes[0] : (byte)0;
        return read;
    }

    public static bool TryReadAddress(this ITargetMemory memory, Address address, out Address value)
    {
        var read = memory.TryReadUInt64(address, out var bits);
        value = new Address(bits);
        return read;
    }
}
