using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Walk;

namespace LeakySpanner.CPython.Objects;

/// <summary>The verified header of a dict's table of keys (struct _dictkeysobject).</summary>
/// <param name="Address">Of the table.</param>
/// <param name="References">Dicts and classes that use it; a table with one is its dict's own.</param>
/// <param name="Entries">Of the first entry.</param>
/// <param name="EntryCount">Entries in use, deleted ones among them.</param>
/// <param name="EntrySize">Bytes of an entry.</param>
/// <param name="Size">Bytes of the whole table, as _PyDict_KeysSize counts them.</param>
/// <param name="SharedCapacity">Values that an object made now would have room for.</param>
internal readonly record struct KeyTable(
    ulong Address, long References, byte Kind, ulong Entries, long EntryCount, int EntrySize, long Size, long SharedCapacity)
{
    private const byte General = 0;
    private const byte Split = 2;

    /// <summary>What the table of all empty dicts says of its users, in versions where it is not counted.</summary>
    private const long Immortal = long.MinValue;

    public bool IsGeneral => Kind == General;

    public bool IsSplit => Kind == Split;

    public static bool TryRead(PageWindow window, PythonLayout layout, WalkLimits limits, ulong address, out KeyTable table)
    {
        var dict = layout.Dict;
        table = default;
        if (address == 0 || address % sizeof(ulong) != 0 || !window.TryView(address, dict.KeysIndices, out var header))
            return false;
        var references = BitConverter.ToInt64(header[dict.KeysReferences..]);
        var log2Size = header[dict.KeysLog2Size];
        var log2IndexBytes = header[dict.KeysLog2IndexBytes];
        var kind = header[dict.KeysKind];
        var usable = BitConverter.ToInt64(header[dict.KeysUsable..]);
        var count = BitConverter.ToInt64(header[dict.KeysEntries..]);
        if ((references < 1 && references != Immortal) || kind > Split || log2Size > limits.DictLog2Size || (log2IndexBytes != IndexBytes(log2Size) && log2Size != 0) || log2IndexBytes > log2Size + 3 || usable < 0 || count < 0)
            return false;
        var capacity = (1L << log2Size << 1) / 3;
        if (count > capacity || usable > capacity - count)
            return false;
        if (kind == Split && count > limits.SharedKeys)
            return false;
        var entrySize = kind == General ? dict.GeneralEntrySize : dict.UnicodeEntrySize;
        var entries = dict.KeysIndices + (1L << log2IndexBytes);
        table = new KeyTable(address, references, kind, address + (ulong)entries, count, entrySize, entries + (capacity * entrySize), Math.Min(count + usable, limits.SharedKeys));
        return true;
    }

    /// <summary>An index has one, two, four or eight bytes. The table of all empty dicts has no entry and says 0, or 3 to be aligned.</summary>
    private static int IndexBytes(int log2Size) => log2Size switch
    {
        < 8 => log2Size,
        < 16 => log2Size + 1,
        < 32 => log2Size + 2,
        _ => log2Size + 3,
    };
}
