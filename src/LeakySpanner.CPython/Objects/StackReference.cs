namespace LeakySpanner.CPython.Objects;

/// <summary>_PyStackRef (Include/internal/pycore_stackref.h), from 3.14 on: a reference whose lowest two bits say how it is counted.</summary>
internal static class StackReference
{
    private const ulong Tags = 3;
    private const ulong IsNotCounted = 1;

    /// <summary>The object; 0 for null, for errors, and for small integers that are kept in the word itself.</summary>
    public static ulong Target(ulong word) => (word & Tags) <= IsNotCounted ? word & ~IsNotCounted : 0;
}
