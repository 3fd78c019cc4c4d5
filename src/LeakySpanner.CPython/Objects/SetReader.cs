using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Walk;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Objects;

/// <summary>set and frozenset: a table of keys and hashes, inside the object while it is small.</summary>
internal sealed class SetReader(PythonLayout layout) : ObjectReader
{
    /// <summary>A deleted entry's; no object has it.</summary>
    private const long DeletedHash = -1;

    private readonly SetLayout _set = layout.Set;

    public override EdgeTail Tail => EdgeTail.Members;

    public override void Read(in ObjectView view, TypePlan plan, WalkWorker worker)
    {
        var mask = view.Int64(_set.Mask);
        var table = view.Word(_set.Table);
        var small = (_set.WeakList - _set.SmallTable) / _set.EntrySize;
        if (mask < small - 1 || mask >= 1L << 36 || ((mask + 1) & mask) != 0)
        {
            worker.Fault(Faults.SetInconsistent);
            return;
        }

        if (table == view.Address + (ulong)_set.SmallTable)
        {
            if (mask == small - 1 && view.Has(_set.SmallTable, small * _set.EntrySize))
                AddMembers(view.Bytes(_set.SmallTable, small * _set.EntrySize), worker);
            else
                worker.Fault(Faults.SetInconsistent);
            return;
        }

        if (!worker.Own(table, (mask + 1) * _set.EntrySize))
            return;
        var pieces = worker.Pieces(table, mask + 1, _set.EntrySize);
        while (pieces.MoveNext())
            AddMembers(pieces.Current, worker);
    }

    private void AddMembers(ReadOnlySpan<byte> entries, WalkWorker worker)
    {
        for (var at = 0; at < entries.Length; at += _set.EntrySize)
        {
            var key = BitConverter.ToUInt64(entries[at..]);
            if (key != 0 && BitConverter.ToInt64(entries[(at + sizeof(ulong))..]) != DeletedHash)
                worker.AddReference(key);
        }
    }
}
