using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Walk;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Objects;

/// <summary>dict in its three layouts (Objects/dictobject.c): general and unicode tables, and values split from shared keys.</summary>
internal class DictReader(PythonLayout layout, WalkLimits limits) : ObjectReader
{
    private readonly DictLayout _dict = layout.Dict;
    private readonly InlineValues _values = InlineValues.For(layout.Dict);

    public override EdgeTail Tail => EdgeTail.Pairs;

    protected DictLayout Layout => _dict;

    public override void Read(in ObjectView view, TypePlan plan, WalkWorker worker)
    {
        var values = view.Word(_dict.Values);
        if (!KeyTable.TryRead(worker.Window, layout, limits, view.Word(_dict.Keys), out var keys) || (values != 0) != keys.IsSplit)
        {
            worker.Fault(Faults.DictInconsistent);
            return;
        }

        if (values != 0)
        {
            ReadSplit(keys, values, worker);
            return;
        }

        // The table of all empty dicts is static and counted as shared, and so is one that a class shares.
        if (keys.References == 1 && !worker.Own(keys.Address, keys.Size))
            return;
        ReadCombined(keys, worker);
    }

    private static void ReadCombined(KeyTable keys, WalkWorker worker)
    {
        var (keyAt, valueAt) = keys.IsGeneral ? (8, 16) : (0, 8);
        var pieces = worker.Pieces(keys.Entries, keys.EntryCount, keys.EntrySize);
        while (pieces.MoveNext())
        {
            var bytes = pieces.Current;
            for (var at = 0; at < bytes.Length; at += keys.EntrySize)
            {
                var value = BitConverter.ToUInt64(bytes[(at + valueAt)..]);
                if (value == 0)
                    continue;
                worker.AddReference(BitConverter.ToUInt64(bytes[(at + keyAt)..]));
                worker.AddReference(value);
            }
        }
    }

    private void ReadSplit(KeyTable keys, ulong values, WalkWorker worker)
    {
        var count = (int)keys.EntryCount;
        Span<ulong> held = stackalloc ulong[limits.SharedKeys];
        if (!_values.TryRead(worker.Window, values, keys.SharedCapacity, held[..count], out var block))
        {
            worker.Fault(Faults.DictInconsistent);
            return;
        }

        if (!block.IsWithinObject && !worker.Own(block.Start, block.Length))
            return;
        Span<byte> entries = stackalloc byte[limits.SharedKeys * _dict.UnicodeEntrySize];
        entries = entries[..(count * _dict.UnicodeEntrySize)];
        if (!worker.Window.TryView(keys.Entries, entries.Length, out var bytes))
        {
            worker.Fault(Faults.BufferUnreadable);
            return;
        }

        bytes.CopyTo(entries);
        for (var i = 0; i < count; i++)
        {
            if (held[i] == 0)
                continue;
            worker.AddReference(BitConverter.ToUInt64(entries[(i * _dict.UnicodeEntrySize)..]));
            worker.AddReference(held[i]);
        }
    }
}
