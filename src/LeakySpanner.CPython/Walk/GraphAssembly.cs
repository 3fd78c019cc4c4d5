using LeakySpanner.Model;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Walk;

/// <summary>Hands the walk's columns to the graph's builder, with what the workers noted beside them.</summary>
internal sealed class GraphAssembly(WalkState state, GraphColumns columns, IReadOnlyList<WalkWorker> workers)
{
    /// <summary>Objects and buffers that the C allocator holds; objects in the data of an image are not among them.</summary>
    public long LargeBytes { get; private set; }

    public HeapGraph Build(IEnumerable<Root> roots, Coverage coverage)
    {
        var builder = new HeapGraphBuilder { Coverage = coverage };
        for (var row = 0; row < state.Plans.Count; row++)
            builder.AddType(state.Plans[row].ToInfo());
        LargeBytes = SumOfLarge();
        builder.Adopt(columns.Addresses, columns.Types, columns.Sizes, columns.EdgeStarts, columns.Edges, columns.Count);
        foreach (var worker in workers)
        {
            foreach (var (node, text) in worker.Names)
                builder.SetName(new NodeId(node), text);
            foreach (var (node, bound) in worker.Bounds)
                builder.SetBound(new NodeId(node), bound);
            foreach (var (node, size) in worker.LargeSizes)
                builder.SetSize(new NodeId(node), size);
        }

        foreach (var root in roots)
            builder.AddRoot(root.Kind, root.Name, root.Node);
        return builder.Build();
    }

    private long SumOfLarge()
    {
        var buffers = workers.Sum(worker => worker.Buffers.Sum(buffer => IsAllocated(buffer.Start.Value) ? buffer.Length : 0));
        var objects = 0L;
        for (var i = 0; i < state.Outside.Count; i++)
        {
            if (IsAllocated(state.Outside.AddressOf(i)) && !state.Pools.TryFindPool(state.Outside.AddressOf(i), out _) && state.Plans[state.Outside.RowOf(i)].TypeAddress != 0)
                objects += OwnBytes(state.Outside.FirstNode + i);
        }

        return buffers + objects;
    }

    /// <summary>The object's own block: for the few whose buffers lie elsewhere, their basic size; else the whole.</summary>
    private long OwnBytes(int node)
    {
        var plan = state.Plans[columns.Types[node]];
        return plan.Reader is Objects.FixedReader or Objects.TupleReader or Objects.TextObjectReader or Objects.NumberReader && columns.Sizes[node] != uint.MaxValue
            ? columns.Sizes[node]
            : plan.PreHeaderSize + plan.BasicSize;
    }

    private bool IsAllocated(ulong address)
    {
        // Objects made between the two looks stand in pools all the same.
        if (state.Pools.TryFindPool(address, out _))
            return false;
        var region = state.Ranges.Find(address);
        return region >= 0 && state.Ranges.ImageOf(region).Length == 0;
    }
}
