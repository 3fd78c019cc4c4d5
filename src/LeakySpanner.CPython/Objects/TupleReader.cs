using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Walk;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Objects;

/// <summary>tuple and its subclasses: the items are part of the object.</summary>
internal sealed class TupleReader(PythonLayout layout) : ObjectReader
{
    private readonly ListLayout _list = layout.List;

    public override EdgeTail Tail => EdgeTail.Items;

    public override void Read(in ObjectView view, TypePlan plan, WalkWorker worker)
    {
        var length = view.Int64(_list.Size);
        if (length is < 0 or > 1L << 40)
        {
            worker.Fault(Faults.ListInconsistent);
            return;
        }

        worker.AddReferences(view, _list.TupleItems, length);
    }
}
