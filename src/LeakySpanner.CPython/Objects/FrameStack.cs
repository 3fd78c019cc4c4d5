using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Walk;

namespace LeakySpanner.CPython.Objects;

/// <summary>What a suspended frame has on its value stack: items of running loops, arguments of pending calls.</summary>
internal static class FrameStack
{
    /// <param name="frame">Where in the object the frame starts.</param>
    public static void AddReferences(in ObjectView view, int frame, TypePlan plan, FrameLayout layout, WalkWorker worker)
    {
        // Negative or null while the frame runs: then the interpreter's registers know, and memory does not.
        var top = layout.HasStackReferences ? SlotsBelow(view.Word(frame + layout.StackTop), view.Address + (ulong)(frame + layout.LocalsPlus)) : view.Int32(frame + layout.StackTop);
        if (top < 0)
            return;
        if (top > plan.FrameSlots)
        {
            worker.Fault(Faults.FrameInconsistent);
            return;
        }

        for (var slot = plan.LocalCount; slot < top; slot++)
        {
            if (view.Word(frame + layout.LocalsPlus + (slot * sizeof(ulong))) is not 0 and var word && plan.TargetOf(word) is not 0 and var value)
                worker.AddReference(value);
        }
    }

    private static int SlotsBelow(ulong top, ulong slots) =>
        top == 0 ? -1 : top >= slots && (top - slots) / sizeof(ulong) is < int.MaxValue and var count ? (int)count : int.MaxValue;
}
