namespace LeakySpanner.CPython.Code;

/// <summary>Arguments of BINARY_OP: the NB_ numbers of Include/opcode.h, which every version since 3.11 has kept.</summary>
internal static class BinaryOperations
{
    private const int Add = 0;
    private const int Or = 7;
    private const int InPlaceAdd = 13;
    private const int InPlaceAnd = 14;
    private const int InPlaceOr = 20;
    private const int InPlaceSubtract = 23;

    /// <summary>Since 3.14.</summary>
    private const int Subscript = 26;

    public static Operation Of(int argument) =>
        argument switch
        {
            Add or Or => Operation.Grow,
            InPlaceAdd or InPlaceOr => Operation.GrowInPlace,
            InPlaceAnd or InPlaceSubtract => Operation.ShrinkInPlace,
            Subscript => Operation.LoadItem,
            _ => Operation.Opaque,
        };
}
