using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Walk;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Objects;

/// <summary>collections.deque: a doubly linked list of blocks of 64 items, the first and the last of them partly used.</summary>
internal sealed class DequeReader(PythonLayout layout) : ObjectReader
{
    private readonly DequeLayout _deque = layout.Objects.Deque;

    public override EdgeTail Tail => EdgeTail.Items;

    public override void Read(in ObjectView view, TypePlan plan, WalkWorker worker)
    {
        var length = view.Int64(_deque.Length);
        var index = view.Int64(_deque.LeftIndex);
        if (view.Int64(_deque.LargestLength) is >= 0 and var bound)
            worker.SetBound(bound);
        if (length is < 0 or > 1L << 40 || index < 0 || index > _deque.BlockLength)
        {
            worker.Fault(Faults.DequeInconsistent);
            return;
        }

        var block = view.Word(_deque.LeftBlock);
        Span<byte> bytes = stackalloc byte[_deque.BlockSize];
        for (var first = true; first || length > 0; first = false)
        {
            // The length bounds the loop; a ring of blocks ends with it.
            if (block == 0 || !worker.Own(block, _deque.BlockSize))
            {
                worker.Fault(Faults.DequeInconsistent);
                return;
            }

            if (!worker.Window.TryView(block, bytes.Length, out var read))
            {
                worker.Fault(Faults.BufferUnreadable);
                return;
            }

            read.CopyTo(bytes);
            for (; index < _deque.BlockLength && length > 0; index++, length--)
                worker.AddReference(BitConverter.ToUInt64(bytes[(_deque.BlockItems + ((int)index * sizeof(ulong)))..]));
            index = 0;
            block = BitConverter.ToUInt64(bytes[_deque.BlockRight..]);
        }
    }
}
