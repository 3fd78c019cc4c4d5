using System.Buffers.Binary;
using LeakySpanner.CPython.Layouts;

namespace LeakySpanner.CPython.Pools;

/// <summary>struct pool_header (Objects/obmalloc.c), as far as it is needed.</summary>
/// <param name="BlockSize">Bytes of each block.</param>
/// <param name="Used">Blocks handed out, by its own count.</param>
/// <param name="FreeBlock">Address of the first free block, or 0.</param>
/// <param name="NextOffset">Where the blocks that were never handed out begin.</param>
internal readonly record struct PoolHeader(int BlockSize, int Used, ulong FreeBlock, int NextOffset)
{
    /// <summary>Arenas that a 47-bit address space can hold; a larger index is no index.</summary>
    private const uint MostArenas = 1 << 27;

    /// <summary>Blocks that were ever handed out.</summary>
    public int Carved(PoolLayout layout) => (NextOffset - layout.HeaderSize) / BlockSize;

    /// <summary>Believes a header only if its numbers agree with each other and with where it stands.</summary>
    public static bool TryParse(PoolLayout layout, ulong at, ReadOnlySpan<byte> bytes, out PoolHeader header)
    {
        header = default;
        var sizeIndex = BinaryPrimitives.ReadUInt32LittleEndian(bytes[layout.SizeIndex..]);
        if (sizeIndex >= (uint)(layout.LargestBlock / layout.Alignment))
            return false;
        var blockSize = ((int)sizeIndex + 1) * layout.Alignment;
        var used = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        var free = BinaryPrimitives.ReadUInt64LittleEndian(bytes[layout.FreeBlock..]);
        var next = BinaryPrimitives.ReadUInt32LittleEndian(bytes[layout.NextOffset..]);
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[layout.LargestNextOffset..]) != (uint)(layout.PoolSize - blockSize)
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[layout.ArenaIndex..]) >= MostArenas
            || next < (uint)layout.HeaderSize || next > (uint)layout.PoolSize
            || (next - (uint)layout.HeaderSize) % (uint)blockSize != 0
            || used > (next - (uint)layout.HeaderSize) / (uint)blockSize
            || (free != 0 && free - at - (ulong)layout.HeaderSize >= (ulong)(layout.PoolSize - layout.HeaderSize)))
            return false;
        header = new PoolHeader(blockSize, (int)used, free, (int)next);
        return true;
    }
}
