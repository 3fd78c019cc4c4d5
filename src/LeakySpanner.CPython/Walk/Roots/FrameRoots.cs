using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Walk.Roots;

/// <summary>The frames that run on a thread's stack, which versions keep in different places.</summary>
internal abstract class FrameRoots(WalkState state, WalkWorker worker, List<Root> roots, List<StackRange> stacks)
{
    protected WalkState State => state;

    protected WalkWorker Worker => worker;

    public static FrameRoots For(WalkState state, WalkWorker worker, List<Root> roots, List<StackRange> stacks) =>
        state.Layout.Frame.AreObjects ? new FrameObjectRoots(state, worker, roots, stacks) : new DatastackRoots(state, worker, roots, stacks);

    /// <param name="name">Of the thread.</param>
    /// <param name="thread">The bytes of its PyThreadState.</param>
    public abstract void Add(string name, ReadOnlySpan<byte> thread);

    /// <summary>The newest frame: in the thread's own struct, or in the one that 3.11 and 3.12 keep on the native stack.</summary>
    protected bool TryCurrent(ReadOnlySpan<byte> thread, out ulong frame)
    {
        var layout = state.Layout.Thread;
        if (layout.CFrame >= 0)
            return worker.Discovery.TryWord(Word(thread, layout.CFrame) + (ulong)layout.CurrentFrame, out frame);
        frame = Word(thread, layout.CurrentFrame);
        return true;
    }

    protected static ulong Word(ReadOnlySpan<byte> bytes, int offset) => BitConverter.ToUInt64(bytes[offset..]);

    protected void AddObject(string name, ulong target)
    {
        if (target != 0 && worker.Resolve(target, isScanned: true) is >= 0 and var node)
            AddNode(name, node);
    }

    protected void AddNode(string name, int node) => roots.Add(new Root(RootKind.Thread, name, new NodeId(node)));

    /// <summary>Words that may be references, and hold what nothing else holds.</summary>
    protected void AddStack(StackRange stack) => stacks.Add(stack);
}
