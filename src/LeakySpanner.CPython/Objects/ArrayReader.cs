using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Walk;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Objects;

/// <summary>array.array: a buffer of items whose size its descriptor tells.</summary>
internal sealed class ArrayReader(PythonLayout layout) : ObjectReader
{
    private readonly ArrayLayout _array = layout.Objects.Array;

    public override EdgeTail Tail => EdgeTail.None;

    public override void Read(in ObjectView view, TypePlan plan, WalkWorker worker)
    {
        var allocated = view.Int64(_array.Allocated);
        var items = view.Word(_array.Items);
        if (allocated == 0)
            return;
        var itemSize = worker.Window.TryView(view.Word(_array.Descriptor) + (ulong)_array.DescriptorItemSize, sizeof(int), out var bytes) ? BitConverter.ToInt32(bytes) : 0;
        if (allocated is < 0 or > 1L << 40 || items == 0 || itemSize is < 1 or > 8)
            worker.Fault(Faults.BufferInconsistent);
        else
            worker.Own(items, allocated * itemSize);
    }
}
