using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Pools;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.CPython.Types;

namespace LeakySpanner.CPython.Walk;

/// <summary>The first look: which blocks of the arenas hold objects, and of which types.</summary>
internal static class ArenaPass
{
    public static (List<PoolMap> Pools, List<int[]> Rows, PoolTotals Totals) Run(
        PoolScanner scanner, ArenaMap arenas, TypeRegistry types, PlanTable plans, PoolLayout layout, FaultTally faults, CancellationToken cancellation)
    {
        var visitor = new Visitor(new BlockTypes(types, arenas), plans, layout);
        var totals = scanner.Scan(arenas, ref visitor, faults, cancellation);
        return (visitor.Pools, visitor.TakeRows(), totals);
    }

    private struct Visitor(BlockTypes blocks, PlanTable plans, PoolLayout layout) : IPoolVisitor
    {
        private const int Grain = 16;
        private const int ChunkLength = 1 << 18;

        private readonly List<int[]> _full = [];
        private int[] _chunk = new int[ChunkLength];
        private int _used;

        public List<PoolMap> Pools { get; } = [];

        public void Visit(in PoolView pool)
        {
            var bits = new ulong[layout.PoolSize / Grain / 64];
            var buffers = new ulong[bits.Length];
            for (var offset = pool.First; offset + pool.BlockSize <= pool.End; offset += pool.BlockSize)
            {
                if (!pool.IsLive(offset))
                    continue;
                if (blocks.Identify(pool.Block(offset)) is not { } type)
                {
                    buffers[offset / Grain / 64] |= 1UL << (offset / Grain % 64);
                    continue;
                }

                var bit = (offset + type.PreHeaderSize) / Grain;
                bits[bit / 64] |= 1UL << (bit % 64);
                if (_used == ChunkLength)
                {
                    _full.Add(_chunk);
                    _chunk = new int[ChunkLength];
                    _used = 0;
                }

                _chunk[_used++] = plans.Of(type).Row;
            }

            Pools.Add(new PoolMap(pool.Start.Value, (byte)((pool.BlockSize / Grain) - 1), bits, buffers));
        }

        public List<int[]> TakeRows()
        {
            _full.Add(_chunk[.._used]);
            return _full;
        }
    }
}
