using LeakySpanner.CPython.Objects;

namespace LeakySpanner.CPython.Walk;

/// <summary>Reads the objects outside arenas, one by one where they lie.</summary>
internal sealed class OutsidePass(WalkState state)
{
    public const int ObjectsPerChunk = 512;

    private readonly byte[] _head = new byte[state.Limits.FixedPartBytes + (state.Limits.FrameSlots * sizeof(ulong)) + 4096];

    public OutsideColumns.Chunk Run(int from, int to, WalkWorker worker)
    {
        worker.ForgetEdges();
        var sizes = new uint[to - from];
        var degrees = new int[to - from];
        for (var index = from; index < to; index++)
        {
            var before = worker.EdgeCount;
            sizes[index - from] = ReadObject(index, worker);
            degrees[index - from] = worker.EdgeCount - before;
        }

        return new OutsideColumns.Chunk(sizes, degrees, worker.Edges.ToArray());
    }

    private uint ReadObject(int index, WalkWorker worker)
    {
        var address = state.Outside.AddressOf(index);
        var plan = state.Plans[state.Outside.RowOf(index)];
        var basic = Math.Min(plan.BasicSize, state.Limits.FixedPartBytes);

        // One made since the first look lies in a pool all the same: its items end with its block.
        var more = plan.Reader is TextObjectReader ? state.Limits.NameLength : 0;
        if (state.Pools.TryFindPool(address, out var pool))
            more = Math.Max(0, state.Pools.BlockSizeOf(pool) - plan.PreHeaderSize - basic);

        // Static objects have no collector's header; reading a few words before them does no harm, and failing to none either.
        var before = plan.PreHeaderSize;
        if (!TryHead(address, ref before, basic, more, worker, out var view))
        {
            worker.Fault(Faults.ObjectUnreadable);
            return (uint)(plan.PreHeaderSize + plan.BasicSize);
        }

        if (plan.TypeAddress != 0 && view.Word(sizeof(ulong)) != plan.TypeAddress)
        {
            worker.Fault(Faults.ObjectChanged);
            worker.Window.Forget(address);
            if (!TryHead(address, ref before, basic, more, worker, out view))
                return (uint)(plan.PreHeaderSize + plan.BasicSize);
        }

        if (plan.TypeAddress != 0 && view.Word(sizeof(ulong)) != plan.TypeAddress)
        {
            if (EdgePass.Successor(view, plan, worker) is not { } successor)
                return (uint)(plan.PreHeaderSize + plan.BasicSize);
            plan = successor;
            state.Outside.SetRow(index, plan.Row);
        }

        var own = plan.Reader.Refine(view, plan, worker);
        if (own.FrameEnd > basic && !TryHead(address, ref before, own.FrameEnd, 0, worker, out view))
            worker.Fault(Faults.ObjectCutOff);
        var used = ObjectScan.Read(view, own.FrameEnd > view.Length ? plan : own, state.Outside.FirstNode + index, worker, out var size);
        if (used.Row != plan.Row)
            state.Outside.SetRow(index, used.Row);
        if (plan.HasCollectorHeader)
            FollowCollector(view, worker);
        return size;
    }

    /// <summary>Copies the object, what stands before it if that can be read, and, if they can be read, some bytes after it.</summary>
    private bool TryHead(ulong address, ref int before, int length, int more, WalkWorker worker, out ObjectView view)
    {
        view = default;
        foreach (var (preceding, total) in ((int, int)[])[(before, length + more), (before, length), (0, length)])
        {
            var bytes = _head.AsSpan(0, preceding + total);
            var read = worker.Window.TryView(address - (uint)preceding, bytes.Length, out var seen);
            if (read)
                seen.CopyTo(bytes);
            if (!read && !(bytes.Length > 4096 && worker.Window.TryRead(address - (uint)preceding, bytes)))
                continue;
            before = preceding;
            view = new ObjectView(bytes, preceding, address);
            return true;
        }

        return false;
    }

    private void FollowCollector(in ObjectView view, WalkWorker worker)
    {
        var header = state.Layout.Collector.HeaderSize;
        if ((view.Word(-header) & Layouts.CollectorLayout.LinkMask) is not 0 and var next)
            worker.Resolve(next + (ulong)header, isScanned: true);
    }
}
