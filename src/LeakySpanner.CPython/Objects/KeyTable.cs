using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Types;
using LeakySpanner.CPython.Walk;

namespace LeakySpanner.CPython.Objects;

/// <summary>A dict's verified table of keys, within a walk's limits.</summary>
/// <param name="Address">Of the table.</param>
/// <param name="Header">What it says of itself.</param>
/// <param name="SharedCapacity">Values that an object made now would have room for.</param>
internal readonly record struct KeyTable(ulong Address, KeysHeader Header, long SharedCapacity)
{
    /// <summary>Dicts and classes that use it; a table with one is its dict's own.</summary>
    public long References => Header.References;

    public bool IsSplit => Header.Kind == KeysHeader.Split;

    /// <summary>Of the first entry.</summary>
    public ulong Entries => Address + (ulong)Header.EntriesOffset;

    public long EntryCount => Header.EntryCount;

    public int EntrySize => Header.EntrySize;

    public int KeyOffset => Header.KeyOffset;

    public int ValueOffset => Header.KeyOffset + sizeof(ulong);

    /// <summary>Bytes of the whole table, as _PyDict_KeysSize counts them.</summary>
    public long Size => Header.EntriesOffset + (Header.Capacity * Header.EntrySize);

    public static bool TryRead(PageWindow window, PythonLayout layout, WalkLimits limits, ulong address, out KeyTable table)
    {
        table = default;
        if (address == 0 || address % sizeof(ulong) != 0 || !window.TryView(address, layout.Dict.KeysIndices, out var bytes)
            || !KeysHeader.TryParse(layout.Dict, bytes, out var header) || header.Log2Size > limits.DictLog2Size)
            return false;
        if (header.Kind == KeysHeader.Split && header.EntryCount > limits.SharedKeys)
            return false;
        table = new KeyTable(address, header, Math.Min(header.EntryCount + header.Usable, limits.SharedKeys));
        return true;
    }
}
