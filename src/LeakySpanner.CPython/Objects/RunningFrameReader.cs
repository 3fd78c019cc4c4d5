using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Walk;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Objects;

/// <summary>A frame on a thread's stack: no object, but a node, so that a path can start at a local variable.</summary>
internal sealed class RunningFrameReader(PythonLayout layout) : ObjectReader
{
    public override EdgeTail Tail => EdgeTail.Unlabelled;

    public override long SizeOf(in ObjectView view, TypePlan plan) => layout.Frame.LocalsPlus + ((long)plan.FrameSlots * sizeof(ulong));

    public override void Read(in ObjectView view, TypePlan plan, WalkWorker worker) => FrameStack.AddReferences(view, 0, plan, layout.Frame, worker);
}
