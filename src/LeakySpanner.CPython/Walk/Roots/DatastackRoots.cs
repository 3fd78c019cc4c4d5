using LeakySpanner.CPython.Objects;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Walk.Roots;

/// <summary>
/// Frames from 3.11 on: records in chunks that the thread owns. Every one becomes a node with named locals; a running coroutine's frame
/// is the coroutine itself.
/// </summary>
internal sealed class DatastackRoots(WalkState state, WalkWorker worker, List<Root> roots, List<StackRange> stacks) : FrameRoots(state, worker, roots, stacks)
{
    private const byte OwnedByThread = 0;
    private const byte OwnedByGenerator = 1;

    public override void Add(string name, ReadOnlySpan<byte> thread)
    {
        var stack = State.Layout.Objects.ThreadStack;
        if (TryCurrent(thread, out var frame))
            AddFrames(name, frame);
        AddChunks(name, Word(thread, stack.Chunk), Word(thread, stack.ChunkTop));
    }

    private void AddFrames(string name, ulong frame)
    {
        var layout = State.Layout.Frame;
        var circle = default(CircleCheck);
        for (var i = 0; frame != 0; i++)
        {
            if (i == State.Limits.FramesPerThread || circle.Closes(frame) || frame % sizeof(ulong) != 0 || !Worker.Discovery.TryView(frame, layout.LocalsPlus, out var bytes))
            {
                Worker.Fault(Faults.FrameInconsistent);
                return;
            }

            var owner = bytes[layout.Owner];
            var (code, function, previous) = (Word(bytes, layout.Code), Word(bytes, layout.Function), Word(bytes, layout.Previous));
            if (layout.HasStackReferences)
                (code, function) = (StackReference.Target(code), StackReference.Target(function));
            if (owner == OwnedByGenerator)
                AddObject(name, frame - (ulong)State.Layout.Coroutine.Frame);
            else if (owner == OwnedByThread && Worker.Plans.ForCode(null, code, function, 0, Worker) is { } plan && State.Outside.Add(frame, plan.Row) is >= 0 and var node)
                AddNode(name, node);
            frame = previous;
        }
    }

    /// <summary>What lies above the top is left over from calls that have returned.</summary>
    private void AddChunks(string name, ulong chunk, ulong top)
    {
        var layout = State.Layout.Objects.ThreadStack;
        var circle = default(CircleCheck);
        for (var i = 0; chunk != 0 && i < State.Limits.FramesPerThread; i++)
        {
            if (circle.Closes(chunk) || !Worker.Discovery.TryWord(chunk + (ulong)layout.ChunkPrevious, out var previous)
                || !Worker.Discovery.TryWord(chunk + (ulong)layout.ChunkSize, out var size)
                || !Worker.Discovery.TryWord(chunk + (ulong)layout.ChunkUsed, out var used))
                return;
            var start = chunk + (ulong)layout.ChunkData;
            var end = i == 0 ? top : start + (used * sizeof(ulong));
            if (size is >= 4096 and < 1UL << 32)
                AddStack(new StackRange(name, start, end > start && end <= chunk + size ? end : start, chunk + size));
            chunk = previous;
        }
    }
}
