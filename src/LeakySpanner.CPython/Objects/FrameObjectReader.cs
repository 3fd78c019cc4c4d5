using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Walk;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Objects;

/// <summary>A frame object, as tracebacks keep it; it holds its locals once the call has ended.</summary>
internal sealed class FrameObjectReader(PythonLayout layout) : ObjectReader
{
    private const byte OwnedByFrameObject = 2;

    private readonly FrameLayout _frame = layout.Frame;

    public override EdgeTail Tail => EdgeTail.Unlabelled;

    public override TypePlan Refine(in ObjectView view, TypePlan plan, WalkWorker worker) =>
        OwnsFrame(view) && worker.Plans.ForCode(plan, plan.TargetOf(view.Word(_frame.FrameObjectData + _frame.Code)), plan.TargetOf(view.Word(_frame.FrameObjectData + _frame.Function)), _frame.FrameObjectData, worker) is { } own ? own : plan;

    public override long SizeOf(in ObjectView view, TypePlan plan) =>
        _frame.FrameObjectData + _frame.LocalsPlus + ((long)plan.FrameSlots * sizeof(ulong));

    public override void Read(in ObjectView view, TypePlan plan, WalkWorker worker)
    {
        if (plan.FrameSlots > 0 && OwnsFrame(view))
            FrameStack.AddReferences(view, _frame.FrameObjectData, plan, _frame, worker);
    }

    private bool OwnsFrame(in ObjectView view) =>
        view.Word(_frame.FrameObjectFrame) == view.Address + (ulong)_frame.FrameObjectData && view.Byte(_frame.FrameObjectData + _frame.Owner) == OwnedByFrameObject;
}
