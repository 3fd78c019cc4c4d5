using System.Runtime.InteropServices;
using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Walk;

namespace LeakySpanner.CPython.Objects;

/// <summary>
/// dict to 3.10: a split dict keeps its values in a plain array with room for as many as the shared table has. The table does not
/// tell that it is shared. Every empty dict is split too, over one static table without room.
/// </summary>
internal sealed class ClassicDictReader(PythonLayout layout, WalkLimits limits) : DictReader(layout, limits)
{
    private const int ValuesAtOnce = 64;

    protected override bool MayBelong(in KeyTable keys, ulong values) => values == 0 || keys.EntryCount <= Limits.ClassicSharedKeys;

    protected override void ReadSplit(in KeyTable keys, ulong values, WalkWorker worker)
    {
        if (keys.Header.Capacity == 0 || !worker.Own(values, keys.Header.Capacity * sizeof(ulong)))
            return;
        Span<ulong> held = stackalloc ulong[ValuesAtOnce];
        Span<ulong> names = stackalloc ulong[ValuesAtOnce];
        for (var first = 0; first < keys.EntryCount; first += ValuesAtOnce)
        {
            var count = (int)Math.Min(ValuesAtOnce, keys.EntryCount - first);
            if (!TryRead(keys, values, first, held[..count], names, worker.Window))
            {
                worker.Fault(Faults.BufferUnreadable);
                return;
            }

            for (var i = 0; i < count; i++)
            {
                if (held[i] == 0)
                    continue;
                worker.AddReference(names[i]);
                worker.AddReference(held[i]);
            }
        }
    }

    private static bool TryRead(in KeyTable keys, ulong values, int first, Span<ulong> held, Span<ulong> names, PageWindow window)
    {
        if (!window.TryView(values + (ulong)(first * sizeof(ulong)), held.Length * sizeof(ulong), out var bytes))
            return false;
        bytes.CopyTo(MemoryMarshal.AsBytes(held));
        if (!window.TryView(keys.Entries + (ulong)((long)first * keys.EntrySize), held.Length * keys.EntrySize, out bytes))
            return false;
        for (var i = 0; i < held.Length; i++)
            names[i] = BitConverter.ToUInt64(bytes[((i * keys.EntrySize) + keys.KeyOffset)..]);
        return true;
    }
}
