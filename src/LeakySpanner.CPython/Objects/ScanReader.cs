using LeakySpanner.CPython.Walk;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Objects;

/// <summary>
/// Objects of extension types that nobody described: every aligned word of the object that is the address of a verified
/// object counts as a reference, except where the type itself says that it is a weak list.
/// </summary>
internal sealed class ScanReader : ObjectReader
{
    public override EdgeTail Tail => EdgeTail.Unlabelled;

    public override void Read(in ObjectView view, TypePlan plan, WalkWorker worker)
    {
        foreach (var offset in plan.ScannedOffsets)
            worker.AddScanned(view.Word(offset));
        if (plan.ItemSize < sizeof(ulong))
            return;

        // Items that are references have 8 bytes; larger ones may hold some.
        var size = SizeOf(view, plan);
        worker.AddScannedRange(view, plan.BasicSize, size - plan.BasicSize);
    }
}
