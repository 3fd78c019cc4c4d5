using System.Collections.Frozen;
using static LeakySpanner.CPython.Code.Operation;

namespace LeakySpanner.CPython.Code;

/// <summary>
/// What instructions do, by CPython's names (Python/ceval.c, since 3.12 Python/bytecodes.c). Names are kept from version to version
/// where numbers are not, so that this is one table for all; where a meaning has changed under a name, the row says since which 3.x.
/// Names that stand in no row are no instructions of code at rest (CACHE, RESERVED, the pseudo-instructions of the compiler).
/// </summary>
internal static class InstructionMeanings
{
    private static readonly FrozenDictionary<string, Row[]> Rows =
        All().GroupBy(row => row.Name).ToFrozenDictionary(rows => rows.Key, rows => rows.OrderByDescending(row => row.Since).ToArray());

    /// <summary>Invalid where the name means nothing in that version.</summary>
    public static OpcodeFacts Of(string name, int minor)
    {
        if (!Rows.TryGetValue(name, out var rows))
            return default;
        foreach (var row in rows)
        {
            if (row.Since <= minor)
                return row.Facts;
        }

        return default;
    }

    private static IEnumerable<Row> All() =>
    [
        .. Values(),
        .. Names(),
        .. Containers(),
        .. Functions(),
        .. Flow(),
        .. Handlers(),
        .. Matching(),
    ];

    private static IEnumerable<Row> Values() =>
    [
        .. Takes(1, 0, "POP_TOP", "PRINT_EXPR", "IMPORT_STAR", "DELETE_ATTR"),
        .. Takes(0, 0, "NOP", "SETUP_ANNOTATIONS", "ANNOTATIONS_PLACEHOLDER", "DELETE_NAME", "DELETE_GLOBAL", "DELETE_DEREF", "MAKE_CELL", "COPY_FREE_VARS", "RESUME"),
        .. Takes(
            1, 1, "UNARY_POSITIVE", "UNARY_NEGATIVE", "UNARY_NOT", "UNARY_INVERT", "TO_BOOL", "CONVERT_VALUE", "FORMAT_SIMPLE", "LIST_TO_TUPLE", "CALL_INTRINSIC_1",
            "GET_YIELD_FROM_ITER", "GET_AWAITABLE", "GET_AITER", "YIELD_VALUE", "ASYNC_GEN_WRAP"),
        .. Takes(
            2, 1, "COMPARE_OP", "IS_OP", "CONTAINS_OP", "IMPORT_NAME", "FORMAT_WITH_SPEC", "BUILD_TEMPLATE", "CALL_INTRINSIC_2", "YIELD_FROM", "PREP_RERAISE_STAR",
            "BINARY_MATRIX_MULTIPLY", "BINARY_POWER", "BINARY_MULTIPLY", "BINARY_MODULO", "BINARY_SUBTRACT", "BINARY_FLOOR_DIVIDE", "BINARY_TRUE_DIVIDE", "BINARY_LSHIFT",
            "BINARY_RSHIFT", "BINARY_AND", "BINARY_XOR",
            "INPLACE_MATRIX_MULTIPLY", "INPLACE_POWER", "INPLACE_MULTIPLY", "INPLACE_MODULO", "INPLACE_FLOOR_DIVIDE", "INPLACE_TRUE_DIVIDE", "INPLACE_LSHIFT",
            "INPLACE_RSHIFT", "INPLACE_XOR"),
        .. Takes(0, 1, "LOAD_BUILD_CLASS", "LOAD_ASSERTION_ERROR", "LOAD_LOCALS", "LOAD_CLOSURE", "IMPORT_FROM", "GET_ANEXT"),
        new("PUSH_NULL", new(PushNull)),
        new("EXTENDED_ARG", new(ExtendedArgument)),
        new("COPY", new(Copy)),
        new("SWAP", new(Swap)),
        new("DUP_TOP", new(Duplicate, 1, 2)),
        new("DUP_TOP_TWO", new(Duplicate, 2, 4)),
        new("ROT_TWO", new(Rotate, 2, 2)),
        new("ROT_THREE", new(Rotate, 3, 3)),
        new("ROT_FOUR", new(Rotate, 4, 4)),
        new("ROT_N", new(Rotate)),
        new("LOAD_CONST", new(LoadConstant)),
        new("LOAD_SMALL_INT", new(LoadSmallNumber)),
        new("LOAD_COMMON_CONSTANT", new(LoadCommonConstant)),
        new("FORMAT_VALUE", new(FormatValue)),
        new("BUILD_INTERPOLATION", new(BuildInterpolation)),
        new("BUILD_STRING", new(BuildCollection)),
    ];

    private static IEnumerable<Row> Names() =>
    [
        .. All(new(LoadFast), "LOAD_FAST", "LOAD_FAST_CHECK", "LOAD_FAST_BORROW"),
        .. All(new(LoadFastTwice), "LOAD_FAST_LOAD_FAST", "LOAD_FAST_BORROW_LOAD_FAST_BORROW"),
        new("LOAD_FAST_AND_CLEAR", new(LoadFastAndClear)),
        new("STORE_FAST", new(StoreFast)),
        new("STORE_FAST_LOAD_FAST", new(StoreFastLoadFast)),
        new("STORE_FAST_STORE_FAST", new(StoreFastTwice)),
        new("DELETE_FAST", new(DeleteFast)),
        new("LOAD_NAME", new(LoadName)),
        new("LOAD_FROM_DICT_OR_GLOBALS", new(LoadName, Pops: 1)),
        new("STORE_NAME", new(StoreName)),
        new("LOAD_GLOBAL", new(LoadName)),
        new("LOAD_GLOBAL", new(LoadGlobal), Since: 11),
        new("STORE_GLOBAL", new(StoreGlobal)),
        .. All(new(LoadCell), "LOAD_DEREF", "LOAD_CLASSDEREF"),
        new("LOAD_FROM_DICT_OR_DEREF", new(LoadCell, Pops: 1)),
        new("STORE_DEREF", new(StoreCell)),
        new("LOAD_ATTR", new(LoadAttribute)),
        new("LOAD_ATTR", new(LoadAttributeOrMethod), Since: 12),
        new("LOAD_SUPER_ATTR", new(LoadSuperAttribute)),
        new("LOAD_METHOD", new(LoadMethod)),
        new("STORE_ATTR", new(StoreAttribute)),
        new("LOAD_SPECIAL", new(Opaque, 1, 2)),
    ];

    private static IEnumerable<Row> Containers() =>
    [
        new("BINARY_SUBSCR", new(LoadItem)),
        new("STORE_SUBSCR", new(StoreItem)),
        new("DELETE_SUBSCR", new(DeleteItem)),
        new("BINARY_SLICE", new(LoadSlice)),
        new("STORE_SLICE", new(StoreSlice)),
        new("BINARY_OP", new(BinaryOperation)),
        .. All(new(Grow), "BINARY_ADD", "BINARY_OR"),
        .. All(new(GrowInPlace), "INPLACE_ADD", "INPLACE_OR"),
        .. All(new(ShrinkInPlace), "INPLACE_SUBTRACT", "INPLACE_AND"),
        .. All(new(BuildCollection), "BUILD_TUPLE", "BUILD_LIST", "BUILD_SET"),
        .. All(new(BuildUnpacked), "BUILD_LIST_UNPACK", "BUILD_TUPLE_UNPACK", "BUILD_SET_UNPACK", "BUILD_MAP_UNPACK", "BUILD_TUPLE_UNPACK_WITH_CALL", "BUILD_MAP_UNPACK_WITH_CALL"),
        new("BUILD_MAP", new(BuildMap)),
        new("BUILD_CONST_KEY_MAP", new(BuildKeyedMap)),
        new("BUILD_SLICE", new(BuildSlice)),
        .. All(new(Extend), "LIST_EXTEND", "SET_UPDATE", "DICT_MERGE", "DICT_UPDATE"),
        .. Takes(1, 0, "LIST_APPEND", "SET_ADD"),
        .. Takes(2, 0, "MAP_ADD"),
        new("UNPACK_SEQUENCE", new(UnpackSequence)),
        new("UNPACK_EX", new(UnpackWithRest)),
    ];

    private static IEnumerable<Row> Functions() =>
    [
        new("MAKE_FUNCTION", new(MakeFunction, Pops: 2)),
        new("MAKE_FUNCTION", new(MakeFunction, Pops: 1), Since: 11),
        new("SET_FUNCTION_ATTRIBUTE", new(DropBelow, Pops: 1)),
        .. Takes(0, 0, "PRECALL", "KW_NAMES"),
        .. All(new(Call), "CALL", "CALL_METHOD"),
        new("CALL_KW", new(Call, Pops: 1)),
        new("CALL_FUNCTION", new(CallFunction)),
        new("CALL_FUNCTION_KW", new(CallFunction, Pops: 1)),
        new("CALL_FUNCTION_EX", new(CallWithCollections)),
        new("CALL_FUNCTION_EX", new(CallWithCollections, Pops: 1), Since: 11),
        new("CALL_FUNCTION_EX", new(CallWithBothCollections, Pops: 1), Since: 14),
    ];

    private static IEnumerable<Row> Flow() =>
    [
        .. Takes(0, 0, "NOT_TAKEN", "RETURN_GENERATOR"),
        .. Takes(1, 0, "GEN_START", "EXIT_INIT_CHECK"),
        new("RETURN_GENERATOR", new(Opaque, 0, 1), Since: 13),
        new("GET_ITER", new(GetIterator, 1, 1)),
        new("GET_ITER", new(GetIterator, 1, 2), Since: 15),
        new("FOR_ITER", new(ForEach)),
        new("FOR_ITER", new(ForEachUntilEnd), Since: 12),
        new("FOR_ITER", new(ForEachUntilEnd, Pops: 1), Since: 15),
        new("END_FOR", new(Opaque, 2, 0)),
        new("END_FOR", new(Opaque, 1, 0), Since: 13),
        new("POP_ITER", new(Opaque, 1, 0)),
        new("POP_ITER", new(Opaque, 2, 0), Since: 15),
        new("SEND", new(Send)),
        new("SEND", new(SendUntilEnd), Since: 12),
        new("END_SEND", new(DropBelow, Pops: 1)),
        new("END_SEND", new(DropBelow, Pops: 2), Since: 15),
        new("JUMP_ABSOLUTE", new(Jump, Jump: JumpForm.Absolute)),
        new("JUMP_FORWARD", new(Jump)),
        .. All(new(Jump, Jump: JumpForm.Backward), "JUMP_BACKWARD", "JUMP_BACKWARD_NO_INTERRUPT"),
        .. All(new(PopJump, Jump: JumpForm.Absolute), "POP_JUMP_IF_FALSE", "POP_JUMP_IF_TRUE"),
        .. Since(12, new(PopJump), "POP_JUMP_IF_FALSE", "POP_JUMP_IF_TRUE", "POP_JUMP_IF_NONE", "POP_JUMP_IF_NOT_NONE"),
        .. All(new(PopJump), "POP_JUMP_FORWARD_IF_FALSE", "POP_JUMP_FORWARD_IF_TRUE", "POP_JUMP_FORWARD_IF_NONE", "POP_JUMP_FORWARD_IF_NOT_NONE"),
        .. All(new(PopJump, Jump: JumpForm.Backward), "POP_JUMP_BACKWARD_IF_FALSE", "POP_JUMP_BACKWARD_IF_TRUE", "POP_JUMP_BACKWARD_IF_NONE", "POP_JUMP_BACKWARD_IF_NOT_NONE"),
        .. All(new(JumpOrPop, Jump: JumpForm.Absolute), "JUMP_IF_FALSE_OR_POP", "JUMP_IF_TRUE_OR_POP"),
        .. Since(11, new(JumpOrPop), "JUMP_IF_FALSE_OR_POP", "JUMP_IF_TRUE_OR_POP"),
        new("JUMP_IF_NOT_EXC_MATCH", new(PopJump, Pops: 2, Jump: JumpForm.Absolute)),
        new("RAISE_VARARGS", new(RaiseWithArguments)),

        // Where a loop was compiled to machine code, its way back is not in the code any more.
        .. All(new(Leave), "RETURN_VALUE", "RETURN_CONST", "RERAISE", "INTERPRETER_EXIT", "ENTER_EXECUTOR"),
    ];

    /// <summary>To 3.10 blocks of handlers stand on the stack: an exception is three values, and three more are the one before it.</summary>
    private static IEnumerable<Row> Handlers() =>
    [
        .. Takes(0, 0, "POP_BLOCK", "SETUP_FINALLY", "SETUP_ASYNC_WITH", "CALL_FINALLY"),
        .. Takes(1, 2, "SETUP_WITH", "BEFORE_WITH", "BEFORE_ASYNC_WITH", "PUSH_EXC_INFO"),
        .. Takes(0, 6, "BEGIN_FINALLY"),
        .. Takes(6, 0, "END_FINALLY", "POP_FINALLY"),
        .. Takes(0, 2, "WITH_CLEANUP_START"),
        .. Takes(3, 0, "WITH_CLEANUP_FINISH", "POP_EXCEPT"),
        .. Takes(0, 1, "WITH_EXCEPT_START"),
        new("POP_EXCEPT", new(Opaque, 1, 0), Since: 11),
        new("END_ASYNC_FOR", new(Opaque, 7, 0)),
        new("END_ASYNC_FOR", new(Opaque, 2, 0), Since: 11),
        .. Takes(1, 1, "CHECK_EXC_MATCH"),
        .. Takes(2, 2, "CHECK_EG_MATCH"),
        .. Takes(3, 2, "CLEANUP_THROW"),
    ];

    private static IEnumerable<Row> Matching() =>
    [
        .. Takes(0, 1, "GET_LEN", "MATCH_MAPPING", "MATCH_SEQUENCE"),
        .. Takes(1, 1, "COPY_DICT_WITHOUT_KEYS"),
        new("MATCH_KEYS", new(Opaque, 0, 2)),
        new("MATCH_KEYS", new(Opaque, 0, 1), Since: 11),
        new("MATCH_CLASS", new(Opaque, 3, 2)),
        new("MATCH_CLASS", new(Opaque, 3, 1), Since: 11),
    ];

    private static IEnumerable<Row> Takes(byte pops, byte pushes, params IEnumerable<string> names) => All(new(Opaque, pops, pushes), names);

    private static IEnumerable<Row> All(OpcodeFacts facts, params IEnumerable<string> names) => Since(0, facts, names);

    private static IEnumerable<Row> Since(int since, OpcodeFacts facts, params IEnumerable<string> names) => names.Select(name => new Row(name, facts, since));

    private sealed record Row(string Name, OpcodeFacts Facts, int Since = 0);
}
