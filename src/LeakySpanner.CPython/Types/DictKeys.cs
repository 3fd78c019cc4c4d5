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
        Span<byte> bytes = stackalloc byte[64];
        bytes = bytes[..layout.KeysIndices];
        if (!memory.TryRead(keys, bytes) || !KeysHeader.TryParse(layout, bytes, out var header))
            return false;
        var entries = new byte[(int)Math.Min(header.EntryCount, MostEntries) * header.EntrySize];
        if (!memory.TryRead(keys + header.EntriesOffset, entries))
            return false;
        for (var at = header.KeyOffset; at < entries.Length; at += header.EntrySize)
        {
            var key = BinaryPrimitives.ReadUInt64LittleEndian(entries.AsSpan(at));
            var value = BinaryPrimitives.ReadUInt64LittleEndian(entries.AsSpan(at + sizeof(ulong)));
            if (key != 0 && !visit(new Address(key), new Address(value)))
                break;
        }
        return true;
    }
}
