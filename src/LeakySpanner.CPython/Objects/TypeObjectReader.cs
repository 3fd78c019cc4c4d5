using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Walk;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Objects;

/// <summary>A class: dict, bases, order of resolution; a heap type also owns the keys that its instances share.</summary>
internal sealed class TypeObjectReader(PythonLayout layout, WalkLimits limits) : ObjectReader
{
    private readonly TypeLayout _type = layout.Type;

    public override EdgeTail Tail => EdgeTail.Unlabelled;

    public override TypePlan Refine(in ObjectView view, TypePlan plan, WalkWorker worker) =>
        IsHeapType(view) ? plan : plan.StaticForm ?? plan;

    public override long SizeOf(in ObjectView view, TypePlan plan)
    {
        if (!IsHeapType(view))
            return _type.Size;
        var members = view.Int64(layout.Objects.ItemCount);
        return plan.BasicSize + (members is >= 0 and < 4096 ? members * plan.ItemSize : 0);
    }

    public override void Read(in ObjectView view, TypePlan plan, WalkWorker worker)
    {
        if (!IsHeapType(view) || view.Word(_type.HeapCachedKeys) is not (not 0 and var address))
            return;
        if (!KeyTable.TryRead(worker.Window, layout, limits, address, out var keys))
        {
            worker.Fault(Faults.DictInconsistent);
            return;
        }

        // Tables to 3.10 do not tell that they are split; a class has no others.
        if ((layout.Dict.KeysSlots < 0 && !keys.IsSplit) || !worker.Own(keys.Address, keys.Size))
            return;
        var pieces = worker.Pieces(keys.Entries, keys.EntryCount, keys.EntrySize);
        while (pieces.MoveNext())
        {
            for (var at = 0; at < pieces.Current.Length; at += keys.EntrySize)
                worker.AddReference(BitConverter.ToUInt64(pieces.Current[(at + keys.KeyOffset)..]));
        }
    }

    private bool IsHeapType(in ObjectView view) => (view.Word(_type.Flags) & _type.HeapTypeFlag) != 0;
}
