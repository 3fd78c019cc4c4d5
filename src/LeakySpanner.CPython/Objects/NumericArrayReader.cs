using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Walk;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Objects;

/// <summary>
/// numpy.ndarray: its data where it owns them, and its items where they are objects. The number of bytes follows from the
/// strides, so that the descriptor's layout, which differs between NumPy 1 and 2, hardly matters.
/// </summary>
internal sealed class NumericArrayReader(PythonLayout layout) : ObjectReader
{
    private readonly NumericArrayLayout _array = layout.Objects.NumericArray;

    public override EdgeTail Tail => EdgeTail.Unlabelled;

    public override void Read(in ObjectView view, TypePlan plan, WalkWorker worker)
    {
        foreach (var offset in plan.ScannedOffsets)
            worker.AddScanned(view.Word(offset));
        if ((view.Int32(_array.Flags) & _array.OwnsData) == 0)
            return;
        var dimensions = view.Int32(_array.DimensionCount);
        var data = view.Word(_array.Data);
        if (dimensions < 0 || dimensions > _array.LargestDimensionCount || data == 0)
        {
            worker.Fault(Faults.BufferInconsistent);
            return;
        }

        if (!TryExtent(view, dimensions, worker, out var extent))
        {
            worker.Fault(Faults.BufferInconsistent);
            return;
        }

        if (extent == 0 || !worker.Own(data, extent))
            return;
        var hasObjects = worker.Window.TryView(view.Word(_array.Descriptor) + (ulong)_array.DescriptorTypeNumber, sizeof(int), out var number)
            && BitConverter.ToInt32(number) == _array.ObjectTypeNumber;
        if (hasObjects)
            worker.AddReferences(data, extent / sizeof(ulong));
    }

    /// <summary>Owned data are contiguous in one order or the other: the widest dimension spans them all.</summary>
    private bool TryExtent(in ObjectView view, int dimensions, WalkWorker worker, out long extent)
    {
        const int ScalarBytes = 8;
        extent = dimensions == 0 ? ScalarBytes : 0;
        for (var i = 0; i < dimensions; i++)
        {
            var at = (ulong)(i * sizeof(long));
            if (!worker.Window.TryWord(view.Word(_array.Dimensions) + at, out var length) || !worker.Window.TryWord(view.Word(_array.Strides) + at, out var stride))
                return false;
            if ((long)length < 0 || (long)length > 1L << 40 || (long)stride < -(1L << 40) || (long)stride > 1L << 40)
                return false;
            if (length == 0)
            {
                extent = 0;
                return true;
            }

            extent = Math.Max(extent, (long)Int128.Min((Int128)Math.Abs((long)stride) * (long)length, 1L << 50));
        }

        return true;
    }
}
