using System.Numerics;

namespace LeakySpanner.CPython.Walk;

/// <summary>
/// Finds the node of an object in an arena by its address, in constant time and about a byte of memory per object: objects
/// start at multiples of 16 bytes, so a pool of 16 KB needs a bitmap of 1024 bits, and the node is the pool's first node
/// plus the rank of the bit. Safe for any number of threads.
/// </summary>
internal sealed class PoolIndex
{
    private const int Grain = 16;
    private const int BitsPerWord = 64;
    private const int RegionShift = 20;

    private readonly int _poolShift;
    private readonly int _wordsPerPool;
    private readonly int _poolsPerRegion;
    private readonly ulong[] _regionKeys;
    private readonly int[] _regionRows;
    private readonly int[] _poolOfSlot;
    private readonly ulong[] _addresses;
    private readonly byte[] _sizeClasses;
    private readonly ulong[] _bits;
    private readonly ushort[] _ranks;
    private readonly int[] _firstNodes;
    private readonly ulong[] _unclaimed;

    /// <param name="poolSize">A power of two between 4 KB and 1 MB.</param>
    /// <param name="pools">In rising order of their addresses.</param>
    public PoolIndex(int poolSize, IReadOnlyList<PoolMap> pools)
    {
        _poolShift = BitOperations.Log2((uint)poolSize);
        _wordsPerPool = poolSize / Grain / BitsPerWord;
        _poolsPerRegion = 1 << (RegionShift - _poolShift);
        PoolCount = pools.Count;
        _addresses = new ulong[pools.Count];
        _sizeClasses = new byte[pools.Count];
        _bits = new ulong[pools.Count * _wordsPerPool];
        _ranks = new ushort[pools.Count * _wordsPerPool];
        _firstNodes = new int[pools.Count + 1];
        _unclaimed = new ulong[_bits.Length];
        var regions = pools.Select(pool => pool.Address >> RegionShift).Distinct().ToArray();
        _regionKeys = new ulong[BitOperations.RoundUpToPowerOf2((uint)Math.Max(regions.Length * 4, 16))];
        _regionRows = new int[_regionKeys.Length];
        for (var row = 0; row < regions.Length; row++)
        {
            var at = Slot(regions[row]);
            _regionKeys[at] = regions[row] + 1;
            _regionRows[at] = row;
        }

        _poolOfSlot = new int[regions.Length * _poolsPerRegion];
        Array.Fill(_poolOfSlot, -1);
        for (var pool = 0; pool < pools.Count; pool++)
            Enter(pool, pools[pool]);
    }

    public int PoolCount { get; }

    public int ObjectCount => _firstNodes[PoolCount];

    public ulong AddressOf(int pool) => _addresses[pool];

    /// <summary>Bytes of a block in this pool.</summary>
    public int BlockSizeOf(int pool) => (_sizeClasses[pool] + 1) * Grain;

    public int FirstNodeOf(int pool) => _firstNodes[pool];

    public ReadOnlySpan<ulong> BitsOf(int pool) => _bits.AsSpan(pool * _wordsPerPool, _wordsPerPool);

    /// <summary>Blocks that hold no object and that no object has claimed as its buffer, a bit for every 16 bytes.</summary>
    public ReadOnlySpan<ulong> UnclaimedOf(int pool) => _unclaimed.AsSpan(pool * _wordsPerPool, _wordsPerPool);

    /// <summary>Notes that the block at an address is some object's buffer. May be called by several threads.</summary>
    /// <returns>False where the address lies in no pool.</returns>
    public bool TryClaim(ulong address)
    {
        if (!TryFindPool(address, out var pool))
            return false;
        var bit = (int)((address & ((1UL << _poolShift) - 1)) / Grain);
        Interlocked.And(ref _unclaimed[(pool * _wordsPerPool) + (bit / BitsPerWord)], ~(1UL << (bit % BitsPerWord)));
        return true;
    }

    public bool TryFindPool(ulong address, out int pool)
    {
        pool = -1;
        var region = address >> RegionShift;
        var at = Slot(region);
        if (_regionKeys[at] != region + 1)
            return false;
        pool = _poolOfSlot[(_regionRows[at] * _poolsPerRegion) + (int)((address >> _poolShift) & (uint)(_poolsPerRegion - 1))];
        return pool >= 0;
    }

    /// <summary>Tells where the address lies and, if an object starts there, its node.</summary>
    public Place Find(ulong address, out int node)
    {
        node = -1;
        if (!TryFindPool(address, out var pool))
            return Place.Outside;
        if (address % Grain != 0)
            return Place.Pool;
        var bit = (int)((address & ((1UL << _poolShift) - 1)) / Grain);
        var word = (pool * _wordsPerPool) + (bit / BitsPerWord);
        var mask = 1UL << (bit % BitsPerWord);
        if ((_bits[word] & mask) == 0)
            return Place.Pool;
        node = _firstNodes[pool] + _ranks[word] + BitOperations.PopCount(_bits[word] & (mask - 1));
        return Place.Object;
    }

    private int Slot(ulong region)
    {
        var mask = _regionKeys.Length - 1;
        var at = (int)((region * 0x9E3779B97F4A7C15UL) >> 40) & mask;
        while (_regionKeys[at] != 0 && _regionKeys[at] != region + 1)
            at = (at + 1) & mask;
        return at;
    }

    private void Enter(int pool, PoolMap map)
    {
        if (pool > 0 && _addresses[pool - 1] >= map.Address)
            throw new ArgumentException("pools must rise");
        _addresses[pool] = map.Address;
        _sizeClasses[pool] = map.SizeClass;
        var rank = 0;
        for (var i = 0; i < _wordsPerPool; i++)
        {
            _bits[(pool * _wordsPerPool) + i] = map.Bits[i];
            _ranks[(pool * _wordsPerPool) + i] = (ushort)rank;
            rank += BitOperations.PopCount(map.Bits[i]);
            _unclaimed[(pool * _wordsPerPool) + i] = map.Buffers[i];
        }

        _firstNodes[pool + 1] = _firstNodes[pool] + rank;
        _poolOfSlot[(_regionRows[Slot(map.Address >> RegionShift)] * _poolsPerRegion) + (int)((map.Address >> _poolShift) & (uint)(_poolsPerRegion - 1))] = pool;
    }
}

/// <param name="Address">Of the pool's header.</param>
/// <param name="SizeClass">A block has 16 times this plus one bytes.</param>
/// <param name="Bits">Bit i: an object starts 16 i bytes after the header's start.</param>
/// <param name="Buffers">Bit i: a block that is handed out and holds no object starts there.</param>
internal readonly record struct PoolMap(ulong Address, byte SizeClass, ulong[] Bits, ulong[] Buffers);

internal enum Place : byte
{
    /// <summary>In no pool.</summary>
    Outside,

    /// <summary>In a pool, where no object starts.</summary>
    Pool,

    Object,
}
