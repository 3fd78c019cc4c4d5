using System.Buffers.Binary;
using LeakySpanner.CPython.Layouts;

namespace LeakySpanner.CPython.Types;

/// <summary>
/// The header of a dict's table of keys (struct _dictkeysobject), as its version writes it: believed only if its numbers agree
/// with one another.
/// </summary>
/// <param name="References">Dicts and classes that use the table.</param>
/// <param name="Kind">0 general, 1 unicode, 2 split. Tables to 3.10 do not tell it and are all <see cref="General"/>.</param>
/// <param name="Log2Size">Slots of the table, as a power of two.</param>
/// <param name="EntriesOffset">From the table to its first entry.</param>
/// <param name="Usable">Entries that may be added before it grows.</param>
/// <param name="EntryCount">Entries in use, deleted ones among them.</param>
/// <param name="EntrySize">Bytes of an entry.</param>
public readonly record struct KeysHeader(long References, byte Kind, int Log2Size, long EntriesOffset, long Usable, long EntryCount, int EntrySize)
{
    public const byte General = 0;
    public const byte Split = 2;

    /// <summary>2 to the power of this is a larger table than an address space holds.</summary>
    private const int LargestLog2Size = 40;

    /// <summary>What the table of all empty dicts says of its users, in versions where they are not counted.</summary>
    private const long Immortal = long.MinValue;

    /// <summary>Entries that the table has room for: two thirds of its slots.</summary>
    public long Capacity => (1L << Log2Size << 1) / 3;

    /// <summary>From an entry to its key: general entries begin with the hash. The value follows.</summary>
    public int KeyOffset => EntrySize - (2 * sizeof(ulong));

    /// <param name="layout">Of the dicts of the version.</param>
    /// <param name="bytes">At least <see cref="DictLayout.KeysIndices"/> bytes of the table.</param>
    /// <param name="header">What they say.</param>
    public static bool TryParse(DictLayout layout, ReadOnlySpan<byte> bytes, out KeysHeader header) =>
        (layout.KeysSlots < 0 ? TryParseCompact(layout, bytes, out header) : TryParseClassic(layout, bytes, out header))
        && header.References is >= 1 or Immortal && header.Usable >= 0 && header.EntryCount >= 0
        && header.EntryCount <= header.Capacity && header.Usable <= header.Capacity - header.EntryCount;

    /// <summary>From 3.11 on: logarithms, and the kind of the table.</summary>
    private static bool TryParseCompact(DictLayout layout, ReadOnlySpan<byte> bytes, out KeysHeader header)
    {
        var log2Size = bytes[layout.KeysLog2Size];
        var log2IndexBytes = bytes[layout.KeysLog2IndexBytes];
        var kind = bytes[layout.KeysKind];
        header = default;
        if (kind > Split || log2Size > LargestLog2Size || (log2IndexBytes != CompactIndexBytes(log2Size) && log2Size != 0) || log2IndexBytes > log2Size + 3)
            return false;
        header = Make(layout, bytes, kind, log2Size, 1L << log2IndexBytes, kind == General ? layout.GeneralEntrySize : layout.UnicodeEntrySize);
        return true;
    }

    /// <summary>To 3.10: the number of slots; the index takes as many bytes for each as the number of entries needs.</summary>
    private static bool TryParseClassic(DictLayout layout, ReadOnlySpan<byte> bytes, out KeysHeader header)
    {
        var slots = BinaryPrimitives.ReadUInt64LittleEndian(bytes[layout.KeysSlots..]);
        header = default;
        if (!ulong.IsPow2(slots) || slots > 1UL << LargestLog2Size)
            return false;
        var bytesPerSlot = slots switch { <= 0xff => 1, <= 0xffff => 2, <= 0xffff_ffff => 4, _ => 8 };
        header = Make(layout, bytes, General, (int)ulong.Log2(slots), (long)slots * bytesPerSlot, layout.GeneralEntrySize);
        return true;
    }

    private static KeysHeader Make(DictLayout layout, ReadOnlySpan<byte> bytes, byte kind, int log2Size, long indexBytes, int entrySize) => new(
        BinaryPrimitives.ReadInt64LittleEndian(bytes[layout.KeysReferences..]), kind, log2Size, layout.KeysIndices + indexBytes,
        BinaryPrimitives.ReadInt64LittleEndian(bytes[layout.KeysUsable..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[layout.KeysEntries..]), entrySize);

    /// <summary>As a power of two. An index has one, two, four or eight bytes per slot. The table of all empty dicts has no entry and says 0, or 3 to be aligned.</summary>
    private static int CompactIndexBytes(int log2Size) => log2Size switch
    {
        < 8 => log2Size,
        < 16 => log2Size + 1,
        < 32 => log2Size + 2,
        _ => log2Size + 3,
    };
}
