using System.Buffers.Binary;
using LeakySpanner.CPython.Layouts;
using LeakySpanner.Model;
using LeakySpanner.Target.Memory;

namespace LeakySpanner.CPython.Types;

/// <summary>
/// Small look-ups that types need: a class attribute by name, the shared names of its instances. One read for the header,
/// one for the entries; not meant for the dictionaries of a program's data.
/// </summary>
internal static class DictKeys
{
    /// <summary>Entries looked at: a class of more attributes loses the rest.</summary>
    private const int MostEntries = 4096;

    /// <summary>Calls back with key and value of each entry (the value null in shared keys) until told to stop.</summary>
    public static bool TryVisit(ITargetMemory memory, DictLayout layout, Address keys, Func<Address, Address, bool> visit)
    {
        Span<byte> header = stackalloc byte[64];
        header = header[..layout.KeysIndices];
        if (!memory.TryRead(keys, header))
            return false;
        var log2Bytes = header[layout.KeysLog2IndexBytes];
        var kind = header[layout.KeysKind];
        var count = BinaryPrimitives.ReadUInt64LittleEndian(header[layout.KeysEntries..]);
        if (log2Bytes > 40 || kind > 2 || count > 1UL << 40)
            return false;
        var entrySize = kind == 0 ? layout.GeneralEntrySize : layout.UnicodeEntrySize;
        var keyOffset = entrySize - (2 * sizeof(ulong));
        var entries = new byte[(int)Math.Min(count, MostEntries) * entrySize];
        if (!memory.TryRead(keys + layout.KeysIndices + (1L << log2Bytes), entries))
            return false;
        for (var at = 0; at < entries.Length; at += entrySize)
        {
            var key = BinaryPrimitives.ReadUInt64LittleEndian(entries.AsSpan(at + keyOffset));
            var value = BinaryPrimitives.ReadUInt64LittleEndian(entries.AsSpan(at + keyOffset + sizeof(ulong)));
            if (key != 0 && !visit(new Address(key), new Address(value)))
                break;
        }
        return true;
    }
}
