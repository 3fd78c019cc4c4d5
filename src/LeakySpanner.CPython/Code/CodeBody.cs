using LeakySpanner.Model.Heap;

namespace LeakySpanner.CPython.Code;

/// <summary>What a code object consists of, as far as its uses of names can tell.</summary>
/// <param name="Instructions">Code units of two bytes, quickened or not.</param>
/// <param name="Names">co_names; null where one could not be read.</param>
/// <param name="Locals">co_localsplusnames.</param>
/// <param name="LocalKinds">co_localspluskinds: 0x20 local, 0x40 cell, 0x80 free.</param>
/// <param name="LineTable">co_linetable.</param>
/// <param name="FirstLine">co_firstlineno.</param>
/// <param name="SmallConstant">The constant of that index where it is a small whole number, else null. Only asked for
/// the arguments of pop, to tell "the last one" from "that key".</param>
/// <param name="IsSlice">Whether the constant of that index is a slice, as in items[:10] since 3.14.</param>
public sealed record CodeBody(
    ReadOnlyMemory<byte> Instructions,
    IReadOnlyList<string?> Names,
    IReadOnlyList<string?> Locals,
    ReadOnlyMemory<byte> LocalKinds,
    ReadOnlyMemory<byte> LineTable,
    int FirstLine,
    Func<int, int?> SmallConstant,
    Func<int, bool> IsSlice)
{
    public const byte LocalVariable = 0x20;
    public const byte CellVariable = 0x40;
    public const byte FreeVariable = 0x80;

    /// <summary>Where among the locals cells and free variables begin, if instructions count these from zero, as they do to 3.10.</summary>
    public int FirstCell { get; init; }

    public PathOrigin OriginOfLocal(int index) =>
        index < LocalKinds.Length && (LocalKinds.Span[index] & FreeVariable) != 0 ? PathOrigin.Cell : PathOrigin.Local;
}
