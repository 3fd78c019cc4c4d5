using System.Globalization;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Walk.Roots;

/// <summary>
/// Threads: every frame that runs is a root with named locals. Exceptions in flight, the thread's dict and context hang on the interpreter.
/// </summary>
internal sealed class ThreadRoots(WalkState state, WalkWorker worker, List<Root> roots, List<StackRange> stacks)
{
    private readonly FrameRoots _frames = FrameRoots.For(state, worker, roots, stacks);

    public void AddOf(ulong interpreter)
    {
        var layout = state.Layout.Thread;
        worker.Discovery.TryWord(interpreter + (ulong)state.Layout.Interpreter.ThreadsHead, out var thread);
        var circle = default(CircleCheck);
        for (var count = 0; thread != 0; count++)
        {
            if (count == state.Limits.Threads || circle.Closes(thread) || !worker.Discovery.TryView(thread, layout.Size, out var view))
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

        // Where the struct does not know the kernel's number, Python's own tells threads apart.
        var shown = layout.NativeThreadId >= 0 ? Word(bytes, layout.NativeThreadId) : number;
        var name = number == 1 ? "main thread" : string.Create(CultureInfo.InvariantCulture, $"thread {shown}");
        foreach (var field in state.Layout.Objects.ThreadFields)
            AddRoot(RootKind.Interpreter, $"{field.Name} of {name}", Word(bytes, field.Offset));
        AddExceptions(name, Word(bytes, stack.ExceptionInfo), thread + (ulong)layout.ExceptionState);
        _frames.Add(name, bytes);
        if (state.Ranges.Find(Word(bytes, stack.PosixThread)) is >= 0 and var region && number != 1)
            stacks.Add(new StackRange(name, state.Ranges[region].Start.Value, state.Ranges[region].End.Value, state.Ranges[region].End.Value));
    }

    private void AddRoot(RootKind kind, string name, ulong target)
    {
        if (target != 0 && worker.Resolve(target, isScanned: true) is >= 0 and var node)
            roots.Add(new Root(kind, name, new NodeId(node)));
    }

    /// <summary>Exceptions being handled, innermost first; the outermost record is part of the thread's state. A record holds one exception, or to
    /// 3.10 its class, value and traceback, before the link to the next.</summary>
    private void AddExceptions(string name, ulong record, ulong last)
    {
        var link = state.Layout.Objects.ThreadStack.ExceptionPrevious;
        var circle = default(CircleCheck);
        for (var i = 0; record != 0 && record != last && i < state.Limits.FramesPerThread; i++)
        {
            if (circle.Closes(record) || !worker.Discovery.TryView(record, link + sizeof(ulong), out var view))
                return;
            var bytes = view.ToArray();
            for (var at = 0; at < link; at += sizeof(ulong))
                AddRoot(RootKind.Interpreter, $"handled exception of {name}", Word(bytes, at));
            record = Word(bytes, link);
        }
    }
}
