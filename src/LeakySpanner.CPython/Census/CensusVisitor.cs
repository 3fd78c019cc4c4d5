using System.Runtime.InteropServices;
using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Pools;
using LeakySpanner.CPython.Types;
using LeakySpanner.Model;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Census;

/// <summary>What the census does with every block: the hottest loop there is, some 50 nanoseconds per object.</summary>
internal struct CensusVisitor(BlockTypes types, ArenaMap arenas, CensusTally tally, LongestContainers containers, LargeCollected large, LargeSample sample, int headerSize) : IPoolVisitor
{
    /// <summary>Longer containers than this are torn readings.</summary>
    private const ulong AbsurdLength = 1UL << 40;

    /// <summary>Seven bytes that the debug allocator writes before every block (Objects/obmalloc.c, PYMEM_FORBIDDENBYTE).</summary>
    private const ulong ForbiddenBytes = 0x00FD_FDFD_FDFD_FDFD;

    private ulong _runStart;
    private ulong _runLength;

    public long Absurd { get; private set; }

    public long DebugBlocks { get; private set; }

    public void Visit(in PoolView pool)
    {
        var step = pool.BlockSize;
        for (var offset = pool.First; offset < pool.End; offset += step)
        {
            if (!pool.IsLive(offset))
                continue;
            var block = pool.Bytes.Slice(offset, step);
            var type = types.Identify(block);
            var words = MemoryMarshal.Cast<byte, ulong>(block);
            if (type is null)
            {
                if (words[1] >> 8 == ForbiddenBytes)
                    DebugBlocks++;
                sample.AddReferences(words);
                continue;
            }
            ref var row = ref tally.RowOf(type);
            row.Count++;
            row.Bytes += step;
            var before = type.PreHeaderSize;
            if (before != 0)
            {
                var next = words[(before - headerSize) >> 3] & CollectorLayout.LinkMask;
                if (next != 0 && next - _runStart >= _runLength)
                    Leave(next);
                if (row.LengthOffset != 0)
                {
                    var length = words[(before + row.LengthOffset) >> 3];
                    if (length >= (ulong)containers.Threshold)
                        Note(pool.Start + (offset + before), words[(before >> 3)..], length, type);
                }
            }
            if (!IsLeaf(type.Kind))
                sample.AddReferences(words);
        }
    }

    private static bool IsLeaf(ObjectKind kind) =>
        kind is ObjectKind.Text or ObjectKind.Binary or ObjectKind.Number;

    private void Note(Address address, ReadOnlySpan<ulong> instance, ulong length, PythonType type)
    {
        if (length >= AbsurdLength)
        {
            Absurd++;
            return;
        }
        containers.Add(address, (long)length, type);
        sample.AddTable(type, instance, (long)length);
    }

    /// <summary>The link leads out of the run of arenas that the last one led into.</summary>
    private void Leave(ulong link)
    {
        var run = arenas.RunOf(new Address(link));
        if (run < 0)
        {
            large.AddLink(link);
            return;
        }
        var range = arenas.Run(run);
        _runStart = range.Start.Value;
        _runLength = (ulong)range.Length;
    }
}
