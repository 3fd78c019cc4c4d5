using System.Runtime.InteropServices;
using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.Model;
using LeakySpanner.Model.Heap;
using LeakySpanner.Target;

namespace LeakySpanner.CPython.Pools;

/// <param name="Pools">Pools that were believed.</param>
/// <param name="LiveBytes">In blocks that are handed out.</param>
/// <param name="FreeBytes">The rest of the arenas: free blocks, free and unused pools, headers.</param>
/// <param name="LiveBlocks">Blocks that are handed out: objects and small buffers.</param>
public readonly record struct PoolTotals(long Pools, long LiveBytes, long FreeBytes, long LiveBlocks);

/// <summary>
/// Goes through pymalloc's memory (Objects/obmalloc.c) from outside. Finding the arenas reads two headers per arena and one
/// per pool-sized step of other anonymous memory; scanning reads every arena once, in pieces that stay in the processor's cache.
/// </summary>
public sealed class PoolScanner(ITarget target, PoolLayout layout)
{
    /// <summary>Fastest size for copying from another process, by measurement.</summary>
    private const int PieceSize = 64 << 10;

    /// <summary>Headers looked for outside arenas: enough for 64 GB of other anonymous memory.</summary>
    private const int MostProbes = 1 << 22;

    private readonly byte[] _piece = new byte[Math.Max(PieceSize, layout.PoolSize)];
    private readonly ulong[] _free = new ulong[(layout.PoolSize / 16 / 64) + 1];

    /// <summary>
    /// An arena's first pool is the first to be used and keeps its header, so one believable header at a pool's alignment is
    /// the start of an arena, and the next is looked for behind it.
    /// </summary>
    public ArenaMap FindArenas(FaultTally faults, CancellationToken cancellation = default)
    {
        var arenas = new List<AddressRange>();
        var probes = 0;
        var header = new byte[layout.HeaderSize];
        var step = (ulong)layout.PoolSize;
        foreach (var region in target.ReadRegions())
        {
            if (!IsCandidate(region))
                continue;
            cancellation.ThrowIfCancellationRequested();
            var end = region.End.Value & ~(step - 1);
            for (var at = (region.Start.Value + step - 1) & ~(step - 1); at < end;)
            {
                if (++probes > MostProbes)
                {
                    faults.Add("memory not searched for arenas");
                    return new ArenaMap(arenas);
                }
                if ((probes & 0xfff) == 0)
                    cancellation.ThrowIfCancellationRequested();
                if (!target.Memory.TryRead(new Address(at), header) || !PoolHeader.TryParse(layout, at, header, out _))
                {
                    at += step;
                    continue;
                }
                // An arena that does not start at a pool's alignment has one pool less, and somebody else's memory where it would be.
                var last = at + (ulong)(layout.ArenaSize - layout.PoolSize);
                var isWhole = last < end && target.Memory.TryRead(new Address(last), header) && PoolHeader.TryParse(layout, last, header, out _);
                if (arenas.Count > 0 && arenas[^1].Start.Value + (ulong)layout.ArenaSize == at)
                    arenas[^1] = arenas[^1] with { End = new Address(at) };
                var arenaEnd = Math.Min(isWhole ? at + (ulong)layout.ArenaSize : last, end);
                arenas.Add(new AddressRange(new Address(at), new Address(arenaEnd)));
                at = arenaEnd;
            }
        }
        return new ArenaMap(arenas);
    }

    /// <summary>Shows every believable pool to the visitor. Nothing is allocated per pool; a torn pool is shown with what is known of it.</summary>
    public PoolTotals Scan<TVisitor>(ArenaMap arenas, ref TVisitor visitor, FaultTally faults, CancellationToken cancellation = default)
        where TVisitor : struct, IPoolVisitor, allows ref struct
    {
        var totals = default(PoolTotals);
        var unreadable = 0L;
        var inconsistent = 0L;
        var torn = 0L;
        foreach (var arena in arenas.Arenas)
        {
            cancellation.ThrowIfCancellationRequested();
            for (var at = arena.Start; at < arena.End; at += _piece.Length)
            {
                var length = (int)Math.Min(_piece.Length, arena.End - at);
                var whole = target.Memory.TryRead(at, _piece.AsSpan(0, length));
                for (var offset = 0; offset + layout.PoolSize <= length; offset += layout.PoolSize)
                {
                    var bytes = _piece.AsSpan(offset, layout.PoolSize);
                    var start = at + offset;
                    if (!whole && !target.Memory.TryRead(start, bytes))
                    {
                        unreadable++;
                        continue;
                    }
                    if (!PoolHeader.TryParse(layout, start.Value, bytes, out var header))
                    {
                        // Pools of an arena that were never used are zero.
                        if (bytes[..layout.HeaderSize].ContainsAnyExcept((byte)0))
                            inconsistent++;
                        continue;
                    }
                    var carved = header.Carved(layout);
                    if (header.Used == 0)
                    {
                        totals = totals with { Pools = totals.Pools + 1 };
                        continue;
                    }
                    var free = MarkFree(header, start.Value, bytes);
                    if (free != carved - header.Used)
                        torn++;
                    var live = Math.Clamp(carved - free, 0, carved);
                    totals = new PoolTotals(totals.Pools + 1, totals.LiveBytes + ((long)live * header.BlockSize), 0, totals.LiveBlocks + live);
                    visitor.Visit(new PoolView(start, bytes, _free, layout.HeaderSize, header.NextOffset, header.BlockSize));
                }
            }
        }
        faults.Add("pool not readable", unreadable);
        faults.Add("pool header inconsistent", inconsistent);
        faults.Add("pool torn", torn);
        return totals with { FreeBytes = arenas.Bytes - totals.LiveBytes };
    }

    /// <summary>Follows the free list within the copied bytes; stops where it leaves the pool or meets itself.</summary>
    private int MarkFree(PoolHeader header, ulong start, ReadOnlySpan<byte> bytes)
    {
        var bits = _free.AsSpan();
        bits.Clear();
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        var count = 0;
        var block = header.FreeBlock;
        while (block != 0)
        {
            var offset = block - start;
            if (offset < (ulong)layout.HeaderSize || offset >= (ulong)header.NextOffset || (offset & 15) != 0)
                break;
            ref var word = ref bits[(int)(offset >> 10)];
            var bit = 1UL << (int)(offset >> 4 & 63);
            if ((word & bit) != 0)
                break;
            word |= bit;
            count++;
            block = words[(int)(offset >> 3)];
        }
        return count;
    }

    /// <summary>Arenas are mapped singly with mmap; the kernel joins them with neighbours, the heap included.</summary>
    private bool IsCandidate(MappedRegion region) =>
        region.IsReadable && region.IsWritable && region.IsPrivate
        && (region.IsAnonymous || region.Path == "[heap]")
        && region.Length >= layout.ArenaSize - layout.PoolSize;
}
