using System.Globalization;
using LeakySpanner.CPython.Objects;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Walk.Roots;

/// <summary>
/// Threads: every frame that runs becomes a node with named locals; a running coroutine's frame is the coroutine itself.
/// Exceptions in flight, the thread's dict and context hang on the interpreter.
/// </summary>
internal sealed class ThreadRoots(WalkState state, WalkWorker worker, List<Root> roots, List<StackRange> stacks)
{
    private const byte OwnedByThread = 0;
    private const byte OwnedByGenerator = 1;

    public void AddOf(ulong interpreter)
    {
        var layout = state.Layout.Thread;
        worker.Discovery.TryWord(interpreter + (ulong)state.Layout.Interpreter.ThreadsHead, out var thread);
        for (var count = 0; thread != 0; count++)
        {
            if (count == state.Limits.Threads || !worker.Discovery.TryView(thread, layout.Size, out var view))
            {
                worker.Fault(Faults.ThreadListInconsistent);
                return;
            }

            var bytes = view.ToArray();
            Add(thread, bytes);
            thread = Word(bytes, layout.Next);
        }
    }

    private static ulong Word(ReadOnlySpan<byte> bytes, int offset) => BitConverter.ToUInt64(bytes[offset..]);

    private void Add(ulong thread, byte[] bytes)
    {
        var layout = state.Layout.Thread;
        var stack = state.Layout.Objects.ThreadStack;
        var number = Word(bytes, stack.Number);
        var name = number == 1 ? "main thread" : string.Create(CultureInfo.InvariantCulture, $"thread {Word(bytes, layout.NativeThreadId)}");
        foreach (var field in state.Layout.Objects.ThreadFields)
            AddRoot(RootKind.Interpreter, $"{field.Name} of {name}", Word(bytes, field.Offset));
        AddExceptions(name, Word(bytes, stack.ExceptionInfo), thread + (ulong)layout.ExceptionState);
        AddFrames(name, thread, bytes);
        AddChunks(name, Word(bytes, stack.Chunk), Word(bytes, stack.ChunkTop));
        if (state.Ranges.Find(Word(bytes, stack.PosixThread)) is >= 0 and var region && number != 1)
            stacks.Add(new StackRange(name, state.Ranges[region].Start.Value, state.Ranges[region].End.Value, state.Ranges[region].End.Value));
    }

    private void AddRoot(RootKind kind, string name, ulong target)
    {
        if (target != 0 && worker.Resolve(target, isScanned: true) is >= 0 and var node)
            roots.Add(new Root(kind, name, new NodeId(node)));
    }

    /// <summary>Exceptions being handled, innermost first; the outermost record is part of the thread's state.</summary>
    private void AddExceptions(string name, ulong record, ulong last)
    {
        for (var i = 0; record != 0 && record != last && i < state.Limits.FramesPerThread; i++)
        {
            if (!worker.Discovery.TryWord(record, out var exception) || !worker.Discovery.TryWord(record + (ulong)state.Layout.Objects.ThreadStack.ExceptionPrevious, out record))
                return;
            AddRoot(RootKind.Interpreter, $"handled exception of {name}", exception);
        }
    }

    private void AddFrames(string name, ulong thread, byte[] bytes)
    {
        var current = state.Layout.Thread.CFrame < 0 ? thread : Word(bytes, state.Layout.Thread.CFrame);
        if (worker.Discovery.TryWord(current + (ulong)state.Layout.Thread.CurrentFrame, out var frame))
            AddFrames(name, frame);
    }

    private void AddFrames(string name, ulong frame)
    {
        var layout = state.Layout.Frame;
        for (var i = 0; frame != 0; i++)
        {
            if (i == state.Limits.FramesPerThread || frame % sizeof(ulong) != 0 || !worker.Discovery.TryView(frame, layout.LocalsPlus, out var bytes))
            {
                worker.Fault(Faults.FrameInconsistent);
                return;
            }

            var owner = bytes[layout.Owner];
            var (code, function, previous) = (Word(bytes, layout.Code), Word(bytes, layout.Function), Word(bytes, layout.Previous));
            if (layout.HasStackReferences)
                (code, function) = (StackReference.Target(code), StackReference.Target(function));
            if (owner == OwnedByGenerator)
                AddRoot(RootKind.Thread, name, frame - (ulong)state.Layout.Coroutine.Frame);
            else if (owner == OwnedByThread && worker.Plans.ForCode(null, code, function, 0, worker) is { } plan && state.Outside.Add(frame, plan.Row) is >= 0 and var node)
                roots.Add(new Root(RootKind.Thread, name, new NodeId(node)));
            frame = previous;
        }
    }

    /// <summary>Frames live in chunks of their own; what lies above the top is left over from calls that have returned.</summary>
    private void AddChunks(string name, ulong chunk, ulong top)
    {
        var layout = state.Layout.Objects.ThreadStack;
        for (var i = 0; chunk != 0 && i < state.Limits.FramesPerThread; i++)
        {
            if (!worker.Discovery.TryWord(chunk + (ulong)layout.ChunkPrevious, out var previous)
                || !worker.Discovery.TryWord(chunk + (ulong)layout.ChunkSize, out var size)
                || !worker.Discovery.TryWord(chunk + (ulong)layout.ChunkUsed, out var used))
                return;
            var start = chunk + (ulong)layout.ChunkData;
            var end = i == 0 ? top : start + (used * sizeof(ulong));
            if (size is >= 4096 and < 1UL << 32)
                stacks.Add(new StackRange(name, start, end > start && end <= chunk + size ? end : start, chunk + size));
            chunk = previous;
        }
    }
}
