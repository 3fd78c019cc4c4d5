using LeakySpanner.CPython.Walk;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Objects;

/// <summary>
/// What one kind of object has beyond the fields that its type's plan names: buffers, and the edges of its tail. Readers
/// hold no state of an object and serve all workers at once.
/// </summary>
internal abstract class ObjectReader
{
    public abstract EdgeTail Tail { get; }

    /// <summary>Bytes of the object's own block, without what precedes it: tp_basicsize and its items, as object.__sizeof__ has it.</summary>
    public virtual long SizeOf(in ObjectView view, TypePlan plan)
    {
        if (plan.ItemSize == 0)
            return plan.BasicSize;
        var items = view.Int64(plan.ItemCountOffset);
        return items is > -(1L << 40) and < 1L << 40 ? plan.BasicSize + (Math.Abs(items) * plan.ItemSize) : plan.BasicSize;
    }

    /// <summary>A plan for this very object, where its type alone does not name its fields (a coroutine's locals).</summary>
    public virtual TypePlan Refine(in ObjectView view, TypePlan plan, WalkWorker worker) => plan;

    /// <summary>Claims the object's buffers and writes the edges of its tail.</summary>
    public virtual void Read(in ObjectView view, TypePlan plan, WalkWorker worker)
    {
    }
}
