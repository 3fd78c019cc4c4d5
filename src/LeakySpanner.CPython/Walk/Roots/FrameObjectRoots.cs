using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Walk.Roots;

/// <summary>
/// Frames to 3.10: objects, each holding the one that called it. A running coroutine stands for its frame. How much of a running frame's
/// value stack is in use only registers know, so its words count where nothing else holds what they refer to.
/// </summary>
internal sealed class FrameObjectRoots(WalkState state, WalkWorker worker, List<Root> roots, List<StackRange> stacks) : FrameRoots(state, worker, roots, stacks)
{
    public override void Add(string name, ReadOnlySpan<byte> thread)
    {
        var layout = State.Layout.Frame;
        if (!TryCurrent(thread, out var frame))
            return;
        var circle = default(CircleCheck);
        for (var i = 0; frame != 0; i++)
        {
            if (i == State.Limits.FramesPerThread || circle.Closes(frame) || frame % sizeof(ulong) != 0 || !Worker.Discovery.TryView(frame, layout.LocalsPlus, out var bytes))
            {
                Worker.Fault(Faults.FrameInconsistent);
                return;
            }

            var (code, previous, generator, valueStack) = (Word(bytes, layout.Code), Word(bytes, layout.Previous), Word(bytes, layout.Generator), Word(bytes, layout.ValueStack));
            AddObject(name, generator != 0 ? generator : frame);
            AddValueStack(name, frame, code, valueStack);
            frame = previous;
        }
    }

    private void AddValueStack(string name, ulong frame, ulong code, ulong valueStack)
    {
        if (!Worker.Discovery.TryView(code + (ulong)State.Layout.Code.StackSize, sizeof(int), out var bytes))
            return;
        var slots = BitConverter.ToInt32(bytes);
        var end = valueStack + ((ulong)slots * sizeof(ulong));
        if (slots > 0 && slots <= State.Limits.FrameSlots && valueStack >= frame && valueStack - frame <= (ulong)(State.Limits.FrameSlots * sizeof(ulong)) && valueStack % sizeof(ulong) == 0)
            AddStack(new StackRange(name, valueStack, end, end));
    }
}
