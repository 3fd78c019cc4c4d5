using LeakySpanner.Model;

namespace LeakySpanner.Testing.Python;

public sealed partial class FakePython
{
    private sealed class Pool(Address start, int blockSize)
    {
        public Address Start => start;

        public int BlockSize => blockSize;

        public int Used { get; set; }

        public int Next { get; set; }

        public Address Free { get; set; }
    }

    private readonly Dictionary<int, Pool> _current = [];
    private readonly Dictionary<Address, Pool> _pools = [];

    public int ArenaCount { get; private set; }

    /// <summary>Starts of the pools in use, by address.</summary>
    public IReadOnlyList<Address> Pools => [.. _pools.Keys.Order()];

    /// <summary>A zeroed block as pymalloc would hand it out: from a pool, or from the C allocator when over 512 bytes.</summary>
    public Address Allocate(int size)
    {
        var layout = Layout.Pool;
        if (size > layout.LargestBlock)
            return InNative(size);
        var blockSize = (Math.Max(size, 1) + layout.Alignment - 1) & ~(layout.Alignment - 1);
        if (!_current.TryGetValue(blockSize, out var pool) || (pool.Free.IsNull && pool.Next + blockSize > layout.PoolSize))
            _current[blockSize] = pool = CarvePool(blockSize);
        Address block;
        if (pool.Free.IsNull)
        {
            block = pool.Start + pool.Next;
            pool.Next += blockSize;
        }
        else
        {
            block = pool.Free;
            pool.Free = ReadAddress(block);
        }
        pool.Used++;
        Memory.Write(block, new byte[blockSize]);
        WriteHeader(pool);
        return block;
    }

    /// <summary>Puts a block back on its pool's free list.</summary>
    public void Free(Address block)
    {
        var pool = _pools[new Address(block.Value & ~(ulong)(Layout.Pool.PoolSize - 1))];
        Memory.Write(block, pool.Free);
        pool.Free = block;
        pool.Used--;
        WriteHeader(pool);
    }

    private Pool CarvePool(int blockSize)
    {
        var layout = Layout.Pool;
        var perArena = layout.ArenaSize / layout.PoolSize;
        if (_pools.Count % perArena == 0)
        {
            Memory.Map(FirstArena + ((long)ArenaCount * layout.ArenaSize), layout.ArenaSize);
            ArenaCount++;
        }
        var pool = new Pool(FirstArena + ((long)_pools.Count * layout.PoolSize), blockSize) { Next = layout.HeaderSize };
        _pools[pool.Start] = pool;
        return pool;
    }

    private void WriteHeader(Pool pool)
    {
        var layout = Layout.Pool;
        Memory.WriteUInt32(pool.Start, (uint)pool.Used);
        Memory.Write(pool.Start + layout.FreeBlock, pool.Free);
        Memory.WriteUInt32(pool.Start + layout.ArenaIndex, (uint)((pool.Start - FirstArena) / layout.ArenaSize));
        Memory.WriteUInt32(pool.Start + layout.SizeIndex, (uint)((pool.BlockSize / layout.Alignment) - 1));
        Memory.WriteUInt32(pool.Start + layout.NextOffset, (uint)pool.Next);
        Memory.WriteUInt32(pool.Start + layout.LargestNextOffset, (uint)(layout.PoolSize - pool.BlockSize));
    }
}
