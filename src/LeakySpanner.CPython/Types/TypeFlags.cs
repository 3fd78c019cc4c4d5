namespace LeakySpanner.CPython.Types;

/// <summary>Bits of tp_flags that mean the same in every version since 3.0 (Include/object.h).</summary>
internal static class TypeFlags
{
    public const ulong Ready = 1UL << 12;
    public const ulong LongSubclass = 1UL << 24;
    public const ulong ListSubclass = 1UL << 25;
    public const ulong TupleSubclass = 1UL << 26;
    public const ulong BytesSubclass = 1UL << 27;
    public const ulong TextSubclass = 1UL << 28;
    public const ulong DictSubclass = 1UL << 29;
    public const ulong TypeSubclass = 1UL << 31;
}
