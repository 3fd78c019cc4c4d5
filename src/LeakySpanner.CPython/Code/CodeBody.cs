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
public sealed record CodeBody(
    ReadOnlyMemory<byte> Instructions,
    IReadOnlyList<string?> Names,
    IReadOnlyList<string?> Locals,
    ReadOnlyMemory<byte> LocalKinds,
    ReadOnlyMemory<byte> LineTable,
    int FirstLine,
    Func<int, int?> SmallConstant)
{
    public const byte FreeVariable = 0x80;

    public PathOrigin OriginOfLocal(int index) =>
        index < LocalKinds.Length && (LocalKinds.Span[index] & FreeVariable) != 0 ? PathOrigin.Cell : PathOrigin.Local;
}
