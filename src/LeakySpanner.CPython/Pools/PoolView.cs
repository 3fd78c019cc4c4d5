using LeakySpanner.Model;

namespace LeakySpanner.CPython.Pools;

/// <summary>
/// One pool as it was copied: its bytes, and which of its blocks are free. Blocks start at <see cref="First"/>, every
/// <see cref="BlockSize"/> bytes, up to <see cref="End"/>. Valid during the call of the visitor only.
/// </summary>
public readonly ref struct PoolView
{
    private readonly ReadOnlySpan<ulong> _free;

    internal PoolView(Address start, ReadOnlySpan<byte> bytes, ReadOnlySpan<ulong> free, int first, int end, int blockSize)
    {
        Start = start;
        Bytes = bytes;
        _free = free;
        First = first;
        End = end;
        BlockSize = blockSize;
    }

    public Address Start { get; }

    /// <summary>The whole pool, its header included.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>Offset of the first block.</summary>
    public int First { get; }

    /// <summary>Offset past the last block that was ever handed out.</summary>
    public int End { get; }

    public int BlockSize { get; }

    /// <summary>Whether the block at an offset is handed out. Costs a bit test.</summary>
    public bool IsLive(int offset) => (_free[offset >> 10] >> ((offset >> 4) & 63) & 1) == 0;

    public ReadOnlySpan<byte> Block(int offset) => Bytes.Slice(offset, BlockSize);
}

/// <summary>Sees every pool of a scan, in rising order of addresses. Implement it as a struct: the scan is compiled for it.</summary>
public interface IPoolVisitor
{
    void Visit(in PoolView pool);
}
