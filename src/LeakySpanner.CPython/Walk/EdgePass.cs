using System.Numerics;
using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Objects;

namespace LeakySpanner.CPython.Walk;

/// <summary>
/// The second look at the arenas: edges and sizes of the objects found by the first. Both looks read a live process, so every
/// object's type is compared; one that changed keeps its node and gets no edges.
/// </summary>
internal sealed class EdgePass(WalkState state, GraphColumns columns)
{
    private const int PoolsPerSegment = 64;
    private const int PieceBytes = 64 * 1024;

    private readonly PoolLayout _layout = state.Layout.Pool;
    private readonly byte[] _buffer = new byte[Math.Max(PieceBytes, state.Layout.Pool.PoolSize)];

    public static int SegmentsOf(PoolIndex pools) => (pools.PoolCount + PoolsPerSegment - 1) / PoolsPerSegment;

    /// <summary>Reads one segment of pools; its edges become <see cref="GraphColumns.Segments"/>[segment].</summary>
    public void Run(int segment, WalkWorker worker)
    {
        worker.ForgetEdges();
        ForEachPool(segment, worker, ReadPool);
        columns.Segments[segment] = worker.Edges.ToArray();
    }

    /// <summary>
    /// Reads a segment again in which blocks have changed hands since it was read: by now references from elsewhere may lead to
    /// the new owners. What is read then was made before the last of those references was read, so that one repetition will do.
    /// </summary>
    /// <returns>Whether it was read again.</returns>
    public bool Repeat(int segment, WalkWorker worker)
    {
        var hasChanged = false;
        ForEachPool(segment, worker, (pool, bytes, isRead, _) => hasChanged |= isRead && HasChanged(pool, bytes, worker));
        if (!hasChanged)
            return false;
        worker.IsRepeating = true;
        worker.Window.Forget();
        worker.Discovery.Forget();
        Run(segment, worker);
        worker.IsRepeating = false;
        return true;
    }

    private delegate void PoolVisitor(int pool, ReadOnlySpan<byte> bytes, bool isRead, WalkWorker worker);

    private void ForEachPool(int segment, WalkWorker worker, PoolVisitor visit)
    {
        var last = Math.Min((segment + 1) * PoolsPerSegment, state.Pools.PoolCount);
        for (var pool = segment * PoolsPerSegment; pool < last;)
        {
            // Pools side by side are read at once, up to the piece that copies fastest.
            var start = state.Pools.AddressOf(pool);
            var end = pool + 1;
            while (end < last && (end - pool + 1) * _layout.PoolSize <= _buffer.Length && state.Pools.AddressOf(end) == start + (ulong)((end - pool) * _layout.PoolSize))
                end++;
            var bytes = _buffer.AsSpan(0, (end - pool) * _layout.PoolSize);
            var whole = worker.Window.TryRead(start, bytes);
            for (; pool < end; pool++)
            {
                var own = bytes.Slice((int)(state.Pools.AddressOf(pool) - start), _layout.PoolSize);
                visit(pool, own, whole || worker.Window.TryRead(state.Pools.AddressOf(pool), own), worker);
            }
        }
    }

    private bool HasChanged(int pool, ReadOnlySpan<byte> bytes, WalkWorker worker)
    {
        var node = state.Pools.FirstNodeOf(pool);
        var words = state.Pools.BitsOf(pool);
        for (var w = 0; w < words.Length; w++)
        {
            for (var bits = words[w]; bits != 0; bits &= bits - 1, node++)
            {
                var offset = ((w * 64) + BitOperations.TrailingZeroCount(bits)) * 16;
                var plan = state.Plans[columns.Types[node]];
                if (BitConverter.ToUInt64(bytes[(offset + sizeof(ulong))..]) == plan.TypeAddress)
                    continue;
                var view = new ObjectView(bytes[(offset - plan.PreHeaderSize)..], plan.PreHeaderSize, state.Pools.AddressOf(pool) + (ulong)offset);
                if (Successor(view, plan, worker) is not null)
                    return true;
            }
        }

        return false;
    }

    private void ReadPool(int pool, ReadOnlySpan<byte> bytes, bool isRead, WalkWorker worker)
    {
        var start = state.Pools.AddressOf(pool);
        var blockSize = state.Pools.BlockSizeOf(pool);
        var node = state.Pools.FirstNodeOf(pool);
        var words = state.Pools.BitsOf(pool);
        for (var w = 0; w < words.Length; w++)
        {
            for (var bits = words[w]; bits != 0; bits &= bits - 1, node++)
            {
                var offset = ((w * 64) + BitOperations.TrailingZeroCount(bits)) * 16;
                columns.Addresses[node] = start + (ulong)offset;
                columns.EdgeStarts[node + 1] = 0;
                var plan = state.Plans[columns.Types[node]];
                if (!isRead)
                {
                    worker.Fault(Faults.ObjectUnreadable);
                    continue;
                }

                var block = offset - plan.PreHeaderSize;
                var view = new ObjectView(bytes.Slice(block, Math.Min(blockSize, bytes.Length - block)), plan.PreHeaderSize, start + (ulong)offset);
                ReadObject(view, plan, node, worker);
            }
        }
    }

    private void ReadObject(in ObjectView view, TypePlan plan, int node, WalkWorker worker)
    {
        columns.Sizes[node] = (uint)(plan.PreHeaderSize + plan.BasicSize);
        if (view.Word(sizeof(ulong)) != plan.TypeAddress || view.Word(0) == 0)
        {
            worker.Fault(Faults.ObjectChanged);
            if (Successor(view, plan, worker) is not { } successor)
                return;

            // The block was freed and taken by another object, which may hold much: a list's new head, for one.
            plan = successor;
            columns.Types[node] = plan.Row;
            columns.Sizes[node] = (uint)(plan.PreHeaderSize + plan.BasicSize);
        }

        var before = worker.EdgeCount;
        columns.Types[node] = ObjectScan.Read(view, plan, node, worker, out columns.Sizes[node]).Row;
        columns.EdgeStarts[node + 1] = worker.EdgeCount - before;
        if (plan.HasCollectorHeader)
            FollowCollector(view, worker);
    }

    /// <summary>The plan of the object that stands where another one stood, if it begins at the same place of the block.</summary>
    public static TypePlan? Successor(in ObjectView view, TypePlan plan, WalkWorker worker)
    {
        const ulong LargestCount = 1UL << 31;
        return worker.ReferenceCount.Of(view.Word(0)) - 1 < LargestCount && worker.Plans.Find(view.Word(sizeof(ulong))) is { } found
            && found.PreHeaderSize == plan.PreHeaderSize && view.Has(0, found.BasicSize)
            ? found
            : null;
    }

    /// <summary>
    /// The collector's list leads from objects in arenas to those outside, and a large object that nothing refers to is
    /// found no other way. One test per object, since both neighbours are nearly always in arenas.
    /// </summary>
    private void FollowCollector(in ObjectView view, WalkWorker worker)
    {
        var header = state.Layout.Collector.HeaderSize;
        var next = view.Word(-header) & Layouts.CollectorLayout.LinkMask;
        if (next != 0 && !state.Pools.TryFindPool(next, out _))
            worker.Resolve(next + (ulong)header, isScanned: true);
    }
}
