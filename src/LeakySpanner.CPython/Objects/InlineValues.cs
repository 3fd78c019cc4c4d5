using System.Runtime.InteropServices;
using LeakySpanner.CPython.Walk;

namespace LeakySpanner.CPython.Objects;

/// <summary>
/// struct _dictvalues: the attribute values of one object, whose names stand in its class's shared keys. The byte before
/// the first value tells the length of the prefix, which records the order of insertion and so bounds the number of values.
/// </summary>
internal static class InlineValues
{
    private const int LargestPrefix = 248;

    public static bool TryRead(PageWindow window, ulong address, Span<ulong> values, out int prefix)
    {
        prefix = 0;
        if (address % sizeof(ulong) != 0 || !window.TryView(address - sizeof(ulong), (values.Length + 1) * sizeof(ulong), out var bytes))
            return false;
        prefix = bytes[sizeof(ulong) - 1];
        if (prefix is 0 or > LargestPrefix || prefix % sizeof(ulong) != 0 || values.Length > prefix - 2)
            return false;
        bytes[sizeof(ulong)..].CopyTo(MemoryMarshal.AsBytes(values));
        return true;
    }
}
