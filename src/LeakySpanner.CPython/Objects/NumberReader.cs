using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Walk;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Objects;

/// <summary>int and bool: at least one digit, the number of digits carrying the sign.</summary>
internal sealed class NumberReader(PythonLayout layout) : ObjectReader
{
    private readonly NumberLayout _number = layout.Objects.Number;

    public override EdgeTail Tail => EdgeTail.None;

    public override long SizeOf(in ObjectView view, TypePlan plan)
    {
        var digits = _number.DigitCount(view.Int64(layout.Objects.ItemCount));
        return digits > 0 ? _number.Digits + (digits * _number.DigitSize) : plan.BasicSize;
    }
}
