using System.Numerics;
using System.Runtime.InteropServices;
using LeakySpanner.Model;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Walk.Roots;

/// <summary>
/// Conservative roots. A word that equals the address of an object no exact root reaches counts as what holds it: first
/// in the data of libraries, then on native stacks, last in native heap memory, where freed blocks still say what they once
/// held. Objects that are reached anyway get no such root, so that a path never starts here without need.
/// </summary>
/// <param name="frameType">Where frames are objects, their type; else null.</param>
internal sealed class NativeRoots(WalkState state, Reachability reach, List<Root> roots, WalkWorker worker, Address frameType)
{
    private const int PieceBytes = 64 * 1024;

    private readonly byte[] _piece = new byte[PieceBytes];
    private long _left = state.Limits.NativeBytes;

    public void Add(IReadOnlyList<StackRange> stacks, KnownMemory known, CancellationToken cancellation)
    {
        AddImages(cancellation);
        foreach (var stack in stacks)
            Scan(RootKind.NativeStack, $"stack of {stack.Name}", stack.Start, stack.End, cancellation);
        for (var i = 0; i < state.Ranges.Count; i++)
        {
            var region = state.Ranges[i];
            if (region.Path == "[stack]")
                Scan(RootKind.NativeStack, "stack of main thread", region.Start.Value, region.End.Value, cancellation);
        }

        AddUnclaimedBlocks(cancellation);
        for (var i = 0; i < state.Ranges.Count; i++)
        {
            var region = state.Ranges[i];
            if (!region.IsWritable || !region.IsPrivate || state.Ranges.ImageOf(i).Length > 0 || !(region.IsAnonymous || region.Path == "[heap]"))
                continue;
            foreach (var (start, end) in known.Gaps(region.Start.Value, region.End.Value))
                Scan(RootKind.NativeHeap, "native memory", start, end, cancellation);
        }
    }

    /// <summary>Static objects are never freed; besides them, the data of images may refer to anything.</summary>
    private void AddImages(CancellationToken cancellation)
    {
        for (var i = 0; i < state.Outside.Count; i++)
        {
            var region = state.Ranges.Find(state.Outside.AddressOf(i));
            if (region >= 0 && state.Ranges.ImageOf(region) is { Length: > 0 } image)
                Reach(RootKind.NativeGlobal, Path.GetFileName(image), state.Outside.FirstNode + i);
        }

        for (var i = 0; i < state.Ranges.Count; i++)
        {
            var region = state.Ranges[i];
            if (region.IsWritable && region.IsPrivate && state.Ranges.ImageOf(i) is { Length: > 0 } image)
                Scan(RootKind.NativeGlobal, Path.GetFileName(image), region.Start.Value, region.End.Value, cancellation);
        }
    }

    /// <summary>Small buffers of extension modules stand in arenas too (PyMem_Malloc): blocks that no object owns.</summary>
    private void AddUnclaimedBlocks(CancellationToken cancellation)
    {
        for (var pool = 0; pool < state.Pools.PoolCount; pool++)
        {
            var words = state.Pools.UnclaimedOf(pool);
            for (var w = 0; w < words.Length; w++)
            {
                for (var bits = words[w]; bits != 0; bits &= bits - 1)
                {
                    var start = state.Pools.AddressOf(pool) + (ulong)(((w * 64) + BitOperations.TrailingZeroCount(bits)) * 16);
                    if (worker.Window.TryView(start, state.Pools.BlockSizeOf(pool), out var block) && !IsSpareFrame(block))
                        ScanWords(RootKind.NativeHeap, "native memory", MemoryMarshal.Cast<byte, ulong>(block));
                }
            }

            if ((pool & 0x3ff) == 0)
                cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>A frame whose call has returned, kept for another one: its value stack still has the words of that call, which keep nothing alive.</summary>
    private bool IsSpareFrame(ReadOnlySpan<byte> block)
    {
        var header = state.Layout.Collector.HeaderSize;
        return !frameType.IsNull && block.Length >= header + 16 && BitConverter.ToUInt64(block[header..]) == 0 && BitConverter.ToUInt64(block[(header + 8)..]) == frameType.Value;
    }

    private void Scan(RootKind kind, string name, ulong start, ulong end, CancellationToken cancellation)
    {
        start = (start + sizeof(ulong) - 1) & ~(ulong)(sizeof(ulong) - 1);
        while (end > start && end - start >= sizeof(ulong))
        {
            cancellation.ThrowIfCancellationRequested();
            var length = (int)Math.Min(end - start, PieceBytes) & -sizeof(ulong);
            _left -= length;
            if (_left < 0)
                worker.Fault(Faults.NativeNotScanned);
            else if (worker.Window.TryRead(start, _piece.AsSpan(0, length)))
                ScanWords(kind, name, MemoryMarshal.Cast<byte, ulong>(_piece.AsSpan(0, length)));
            start += (ulong)length;
        }
    }

    private void ScanWords(RootKind kind, string name, ReadOnlySpan<ulong> words)
    {
        foreach (var word in words)
        {
            if (word < 4096 || word % sizeof(ulong) != 0 || word >> 47 != 0)
                continue;
            if (state.Pools.Find(word, out var node) == Place.Object || state.Outside.TryFind(word, out node))
                Reach(kind, name, node);
        }
    }

    private void Reach(RootKind kind, string name, int node)
    {
        if (reach.IsReached(node))
            return;
        roots.Add(new Root(kind, name, new NodeId(node)));
        reach.Mark(node);
    }
}
