using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Walk;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Objects;

/// <summary>list: a growing array of references.</summary>
internal sealed class ListReader(PythonLayout layout) : ObjectReader
{
    private readonly ListLayout _list = layout.List;

    public override EdgeTail Tail => EdgeTail.Items;

    public override void Read(in ObjectView view, TypePlan plan, WalkWorker worker)
    {
        var length = view.Int64(_list.Size);
        var allocated = view.Int64(_list.Allocated);
        var items = view.Word(_list.Items);

        // While it is sorted, a list looks empty with an allocation of -1.
        if (length == 0 && allocated is 0 or -1)
            return;
        if (length < 0 || allocated < length || allocated > 1L << 40 || items == 0 || items % sizeof(ulong) != 0)
        {
            worker.Fault(Faults.ListInconsistent);
            return;
        }

        if (worker.Own(items, allocated * sizeof(ulong)))
            worker.AddReferences(items, length);
    }
}
