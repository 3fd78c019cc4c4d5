using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Walk;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Objects;

/// <summary>Code: its instructions are part of the object, whose size CPython rounds up to words.</summary>
internal sealed class CodeObjectReader(CodeLayout layout) : ObjectReader
{
    public override EdgeTail Tail => layout.Cached < 0 ? EdgeTail.None : EdgeTail.Unlabelled;

    public override long SizeOf(in ObjectView view, TypePlan plan) => (base.SizeOf(view, plan) + sizeof(ulong) - 1) & -sizeof(ulong);

    /// <summary>What was asked of the code object and is kept: its bytes, and the names of its variables.</summary>
    public override void Read(in ObjectView view, TypePlan plan, WalkWorker worker)
    {
        const int Size = CodeLayout.CachedCount * sizeof(ulong);
        if (layout.Cached < 0 || view.Word(layout.Cached) is not (not 0 and var cached) || !worker.Own(cached, Size))
            return;
        worker.AddReferences(cached, CodeLayout.CachedCount);
    }
}
