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

    protected WalkLimits Limits => limits;

    /// <summary>The reader of the version's dicts: what a split table is like differs.</summary>
    public static DictReader For(PythonLayout layout, WalkLimits limits) =>
        layout.Dict.KeysSlots < 0 ? new DictReader(layout, limits) : new ClassicDictReader(layout, limits);

    public override void Read(in ObjectView view, TypePlan plan, WalkWorker worker)
    {
        var values = view.Word(_dict.Values);
        if (!KeyTable.TryRead(worker.Window, layout, limits, view.Word(_dict.Keys), out var keys) || !MayBelong(keys, values))
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

    /// <summary>Whether a dict with such a table may keep its values apart, or must.</summary>
    protected virtual bool MayBelong(in KeyTable keys, ulong values) => (values != 0) == keys.IsSplit;

    protected virtual void ReadSplit(in KeyTable keys, ulong values, WalkWorker worker)
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

    private static void ReadCombined(in KeyTable keys, WalkWorker worker)
    {
        var (entrySize, keyAt, valueAt) = (keys.EntrySize, keys.KeyOffset, keys.ValueOffset);
        var pieces = worker.Pieces(keys.Entries, keys.EntryCount, entrySize);
        while (pieces.MoveNext())
        {
            var bytes = pieces.Current;
            for (var at = 0; at < bytes.Length; at += entrySize)
            {
                var value = BitConverter.ToUInt64(bytes[(at + valueAt)..]);
                if (value == 0)
                    continue;
                worker.AddReference(BitConverter.ToUInt64(bytes[(at + keyAt)..]));
                worker.AddReference(value);
            }
        }
    }
}
