using LeakySpanner.CPython.Walk;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Objects;

/// <summary>Code: its instructions are part of the object, whose size CPython rounds up to words.</summary>
internal sealed class CodeObjectReader : ObjectReader
{
    public override EdgeTail Tail => EdgeTail.None;

    public override long SizeOf(in ObjectView view, TypePlan plan) => (base.SizeOf(view, plan) + sizeof(ulong) - 1) & -sizeof(ulong);
}
