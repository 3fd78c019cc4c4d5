using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Walk;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Objects;

/// <summary>bytearray: one buffer of its own.</summary>
internal sealed class ByteArrayReader(PythonLayout layout) : ObjectReader
{
    private readonly ByteArrayLayout _array = layout.Objects.ByteArray;

    public override EdgeTail Tail => EdgeTail.None;

    public override void Read(in ObjectView view, TypePlan plan, WalkWorker worker)
    {
        var allocated = view.Int64(_array.Allocated);
        var bytes = view.Word(_array.Bytes);
        if (allocated == 0 || _array.BytesObject >= 0)
            return;
        if (allocated < 0 || bytes == 0)
            worker.Fault(Faults.BufferInconsistent);
        else
            worker.Own(bytes, allocated);
    }
}
