using LeakySpanner.CPython.Types;

namespace LeakySpanner.CPython.Census;

/// <summary>Sizes of objects outside arenas, by their type's own arithmetic (_PyObject_VAR_SIZE and what precedes an object).</summary>
internal static class ObjectSizes
{
    private const long MostItems = 1L << 40;

    /// <summary>Bytes with what precedes the object. Absurd numbers of items count as none.</summary>
    public static long Of(PythonType type, long items)
    {
        // A negative size is a negative int's.
        var count = items is < -MostItems or > MostItems ? 0 : Math.Abs(items);
        return type.PreHeaderSize + type.BasicSize + (type.ItemSize * count);
    }
}
