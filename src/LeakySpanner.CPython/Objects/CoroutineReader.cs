using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Walk;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Objects;

/// <summary>
/// Generators, coroutines and asynchronous generators: the frame is part of the object. Locals have the names that the
/// code gives them, so every code object has a row of its own in the type table.
/// </summary>
internal sealed class CoroutineReader(PythonLayout layout) : ObjectReader
{
    private readonly CoroutineLayout _coroutine = layout.Coroutine;

    public override EdgeTail Tail => EdgeTail.Unlabelled;

    public override TypePlan Refine(in ObjectView view, TypePlan plan, WalkWorker worker) =>
        HasFrame(view) && worker.Plans.ForCode(plan, plan.TargetOf(view.Word(_coroutine.Code)), plan.TargetOf(view.Word(_coroutine.Frame + layout.Frame.Function)), _coroutine.Frame, worker) is { } own ? own : plan;

    public override long SizeOf(in ObjectView view, TypePlan plan) =>
        _coroutine.Frame + layout.Frame.LocalsPlus + ((long)plan.FrameSlots * sizeof(ulong));

    public override void Read(in ObjectView view, TypePlan plan, WalkWorker worker)
    {
        if (plan.FrameSlots > 0 && HasFrame(view))
            FrameStack.AddReferences(view, _coroutine.Frame, plan, layout.Frame, worker);
    }

    /// <summary>Created, suspended or executing; a frame that has ended has left its slots as they were.</summary>
    private bool HasFrame(in ObjectView view) => (sbyte)view.Byte(_coroutine.FrameState) is var state && state >= _coroutine.Created && state <= _coroutine.Executing;
}
