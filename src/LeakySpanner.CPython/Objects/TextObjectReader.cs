using System.Text;
using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Walk;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Objects;

/// <summary>
/// str: its size by storage form. Text is kept only of interned strings that have the form of an identifier: those are
/// names that code uses; whatever else a string says is the service's secret.
/// </summary>
internal sealed class TextObjectReader(PythonLayout layout, WalkLimits limits) : ObjectReader
{
    private readonly TextLayout _text = layout.Text;

    public override EdgeTail Tail => EdgeTail.None;

    public override long SizeOf(in ObjectView view, TypePlan plan)
    {
        var text = TextHeader.Read(view, _text);
        if (!text.IsSound)
            return plan.BasicSize;
        if (!text.IsCompact)
            return plan.BasicSize;
        return (text.IsAscii ? _text.AsciiSize : _text.CompactSize) + text.DataBytes;
    }

    public override void Read(in ObjectView view, TypePlan plan, WalkWorker worker)
    {
        var text = TextHeader.Read(view, _text);
        if (!text.IsSound)
        {
            worker.Fault(Faults.TextInconsistent);
            return;
        }

        if (!text.IsCompact)
            worker.Own(view.Word(_text.Data), text.DataBytes);
        if (text.IsCompact && text.IsAscii)
        {
            if (text.IsInterned && text.Length is > 0 && text.Length <= limits.NameLength)
                KeepName(view, (int)text.Length, worker);
            return;
        }

        // The UTF-8 form is made on demand and kept; for ASCII it is the text itself.
        if (view.Word(_text.Utf8) is not 0 and var utf8 && utf8 != view.Word(_text.Data) && view.Int64(_text.Utf8Length) is >= 0 and < 1L << 40 and var length)
            worker.Own(utf8, length + 1);
    }

    private void KeepName(in ObjectView view, int length, WalkWorker worker)
    {
        if (view.Has(_text.AsciiSize, length) && view.Bytes(_text.AsciiSize, length) is var bytes && IsIdentifier(bytes))
            worker.KeepName(Encoding.ASCII.GetString(bytes));
    }

    private static bool IsIdentifier(ReadOnlySpan<byte> bytes)
    {
        if (char.IsAsciiDigit((char)bytes[0]))
            return false;
        foreach (var b in bytes)
        {
            if (!char.IsAsciiLetterOrDigit((char)b) && b != '_')
                return false;
        }

        return true;
    }
}
