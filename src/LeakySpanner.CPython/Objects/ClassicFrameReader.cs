using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Walk;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Objects;

/// <summary>
/// A frame to 3.10: always an object, its locals, cells and value stack at its end. Locals have the names that the code gives them, so every
/// code object has a row of its own in the type table.
/// </summary>
internal sealed class ClassicFrameReader(PythonLayout layout) : ObjectReader
{
    private readonly FrameLayout _frame = layout.Frame;

    public override EdgeTail Tail => EdgeTail.Unlabelled;

    public override TypePlan Refine(in ObjectView view, TypePlan plan, WalkWorker worker) =>
        worker.Plans.ForCode(plan, view.Word(_frame.Code), view.Word(_frame.Globals), 0, worker) is { } own ? own : plan;

    /// <summary>As frame.__sizeof__ counts: from the first slot, for which tp_basicsize has room already.</summary>
    public override long SizeOf(in ObjectView view, TypePlan plan) =>
        plan.FrameSlots == 0 ? plan.BasicSize : _frame.LocalsPlus + ((long)plan.FrameSlots * sizeof(ulong));

    public override void Read(in ObjectView view, TypePlan plan, WalkWorker worker)
    {
        var depth = StackDepth(view, plan);
        if (depth == 0 || plan.FrameSlots == 0)
            return;
        if (depth < 0 || depth > plan.FrameSlots - plan.LocalCount)
        {
            worker.Fault(Faults.FrameInconsistent);
            return;
        }

        for (var i = 0; i < depth; i++)
        {
            if (view.Word(_frame.LocalsPlus + ((plan.LocalCount + i) * sizeof(ulong))) is not 0 and var value)
                worker.AddReference(value);
        }
    }

    /// <summary>Slots in use. While the frame runs, the interpreter's registers know, and memory says none.</summary>
    private long StackDepth(in ObjectView view, TypePlan plan)
    {
        if (!_frame.StackTopIsPointer)
            return Math.Max(view.Int32(_frame.StackTop), 0);
        var top = view.Word(_frame.StackTop);
        return top == 0 ? 0 : (long)(top - (view.Address + (ulong)(_frame.LocalsPlus + (plan.LocalCount * sizeof(ulong))))) / sizeof(ulong);
    }
}
