using LeakySpanner.CPython.Objects;

namespace LeakySpanner.CPython.Walk;

/// <summary>Reads one object by its plan: named fields, attributes kept beside it, then what its reader knows.</summary>
internal static class ObjectScan
{
    /// <returns>The plan that was used; its row is the object's.</returns>
    public static TypePlan Read(in ObjectView view, TypePlan plan, int node, WalkWorker worker, out uint size)
    {
        plan = plan.Reader.Refine(view, plan, worker);
        worker.Begin(node, plan.PreHeaderSize + plan.Reader.SizeOf(view, plan));
        if (plan.HasEmbeddedValues)
            worker.AddSize(plan.Values!.SizeWithin(view, plan, worker.Window));
        foreach (var field in plan.Fields)
            worker.AddReference(plan.TargetOf(view.Word(field.Offset)));
        if (plan.HasTrailingDict)
            worker.AddReference(view.Word(TrailingDict(view, plan)));
        if (!plan.InlineNames.IsEmpty)
            AddInlineValues(view, plan, plan.Values!, worker);
        if (plan.ScansAsFields)
        {
            foreach (var offset in plan.ScannedOffsets)
                worker.AddScannedField(view.Word(offset));
        }

        plan.Reader.Read(view, plan, worker);
        worker.ObjectsSeen += worker.IsRepeating ? 0 : 1;
        size = worker.End();
        return plan;
    }

    /// <summary>_PyObject_GetDictPtr (Objects/object.c): the last word of the object, its size rounded up to words.</summary>
    private static int TrailingDict(in ObjectView view, TypePlan plan)
    {
        var items = view.Int64(plan.ItemCountOffset);
        if (items is <= -int.MaxValue or >= int.MaxValue)
            return view.Length;
        var size = plan.BasicSize + (Math.Abs(items) * plan.ItemSize);
        var at = ((size + sizeof(ulong) - 1) & -sizeof(ulong)) - sizeof(ulong);
        return at < view.Length ? (int)at : view.Length;
    }

    private static void AddInlineValues(in ObjectView view, TypePlan plan, InlineValues stored, WalkWorker worker)
    {
        var count = plan.InlineNames.Length;
        var address = stored.Locate(view, plan);
        Span<ulong> values = stackalloc ulong[count];
        var has = false;
        if (address != 0)
        {
            has = stored.TryRead(worker.Window, address, plan.InlineCapacity, values, out var block)
                && (block.IsWithinObject || worker.Own(block.Start, block.Length));
            if (!has)
                worker.Fault(Faults.AttributesInconsistent);
        }

        for (var i = 0; i < count; i++)
            worker.AddReference(has ? values[i] : 0);
    }
}
