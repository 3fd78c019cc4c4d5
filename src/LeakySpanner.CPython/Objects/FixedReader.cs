using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Objects;

/// <summary>Objects whose named fields are all that they hold: functions, cells, methods, code, and instances of Python classes.</summary>
internal sealed class FixedReader : ObjectReader
{
    public override EdgeTail Tail => EdgeTail.None;
}
