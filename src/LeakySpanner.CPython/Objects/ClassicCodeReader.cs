using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Walk;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Objects;

/// <summary>
/// Code to 3.10. It keeps the frame of its last call for the next one (Objects/frameobject.c, frame_dealloc): no object any more, its locals
/// cleared, its value stack not. What stands there keeps nothing alive, though it looks like references, so the walk must know whose memory it is.
/// </summary>
internal sealed class ClassicCodeReader(PythonLayout layout, SeparateCodeLayout separate) : ObjectReader
{
    /// <summary>More than any sound frame has.</summary>
    private const ulong MostSlots = 1 << 16;

    public override EdgeTail Tail => EdgeTail.None;

    /// <summary>As code.__sizeof__, which leaves the spare frame out.</summary>
    public override long SizeOf(in ObjectView view, TypePlan plan) => (base.SizeOf(view, plan) + sizeof(ulong) - 1) & -sizeof(ulong);

    public override void Read(in ObjectView view, TypePlan plan, WalkWorker worker)
    {
        if (view.Word(separate.SpareFrame) is not (not 0 and var frame) || !worker.Discovery.TryView(frame, layout.Frame.LocalsPlus, out var bytes))
            return;
        var (references, code, slots) = (Word(bytes, 0), Word(bytes, layout.Frame.Code), Word(bytes, layout.List.Size));
        if (references == 0 && code == view.Address && slots <= MostSlots)
            worker.Explain(frame - (ulong)layout.Collector.HeaderSize, layout.Collector.HeaderSize + layout.Frame.LocalsPlus + ((long)slots * sizeof(ulong)));
    }

    private static ulong Word(ReadOnlySpan<byte> bytes, int offset) => BitConverter.ToUInt64(bytes[offset..]);
}
