using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Walk;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Objects;

/// <summary>collections.OrderedDict: a dict with a table of nodes by position, and one linked node per entry.</summary>
internal sealed class OrderedDictReader(PythonLayout layout, DictReader dict) : ObjectReader
{
    private readonly OrderedDictLayout _ordered = layout.Objects.OrderedDict;

    public override EdgeTail Tail => dict.Tail;

    public override void Read(in ObjectView view, TypePlan plan, WalkWorker worker)
    {
        var table = view.Int64(_ordered.FastNodesSize);
        var length = view.Int64(layout.Dict.Used);
        if (table is < 0 or > 1L << 36 || length is < 0 or > 1L << 36)
        {
            worker.Fault(Faults.DictInconsistent);
            return;
        }

        if (view.Word(_ordered.FastNodes) is not 0 and var nodes && !worker.Own(nodes, table * sizeof(ulong)))
            return;

        // The nodes stand singly in arenas; what they refer to are the dict's own keys.
        worker.AddSize(length * _ordered.NodeSize);
        dict.Read(view, plan, worker);
    }
}
