namespace LeakySpanner.CPython.Code;

/// <summary>
/// CPython 3.11's instructions: numbers from Include/opcode.h, inline caches and specialised forms from
/// Include/internal/pycore_opcode.h, what they take and leave from Python/ceval.c. The evaluation loop's marker for
/// tracing (255) never stands in code.
/// </summary>
public static class Opcodes311
{
    /// <summary>BINARY_OP's arguments are the NB_ numbers of Include/opcode.h.</summary>
    public static readonly OpcodeTable Table = OpcodeTable.Create(
        new Version(3, 11), Opcodes(), Specialised(), growth: [0, 7], inPlaceGrowth: [13, 20], inPlaceShrinkage: [14, 23]);

    private static IEnumerable<(byte Opcode, string Name, OpcodeFacts Facts)> Opcodes() =>
    [
        (1, "POP_TOP", new(Operation.Opaque, 1, 0)),
        (2, "PUSH_NULL", new(Operation.PushNull)),
        (9, "NOP", new(Operation.Opaque, 0, 0)),
        (10, "UNARY_POSITIVE", new(Operation.Opaque, 1, 1)),
        (11, "UNARY_NEGATIVE", new(Operation.Opaque, 1, 1)),
        (12, "UNARY_NOT", new(Operation.Opaque, 1, 1)),
        (15, "UNARY_INVERT", new(Operation.Opaque, 1, 1)),
        (25, "BINARY_SUBSCR", new(Operation.LoadItem, Caches: 4)),
        (30, "GET_LEN", new(Operation.Opaque, 0, 1)),
        (31, "MATCH_MAPPING", new(Operation.Opaque, 0, 1)),
        (32, "MATCH_SEQUENCE", new(Operation.Opaque, 0, 1)),
        (33, "MATCH_KEYS", new(Operation.Opaque, 0, 1)),
        (35, "PUSH_EXC_INFO", new(Operation.Opaque, 1, 2)),
        (36, "CHECK_EXC_MATCH", new(Operation.Opaque, 1, 1)),
        (37, "CHECK_EG_MATCH", new(Operation.Opaque, 2, 2)),
        (49, "WITH_EXCEPT_START", new(Operation.Opaque, 0, 1)),
        (50, "GET_AITER", new(Operation.Opaque, 1, 1)),
        (51, "GET_ANEXT", new(Operation.Opaque, 0, 1)),
        (52, "BEFORE_ASYNC_WITH", new(Operation.Opaque, 1, 2)),
        (53, "BEFORE_WITH", new(Operation.Opaque, 1, 2)),
        (54, "END_ASYNC_FOR", new(Operation.Opaque, 2, 0)),
        (60, "STORE_SUBSCR", new(Operation.StoreItem, Caches: 1)),
        (61, "DELETE_SUBSCR", new(Operation.DeleteItem)),
        (68, "GET_ITER", new(Operation.GetIterator)),
        (69, "GET_YIELD_FROM_ITER", new(Operation.Opaque, 1, 1)),
        (70, "PRINT_EXPR", new(Operation.Opaque, 1, 0)),
        (71, "LOAD_BUILD_CLASS", new(Operation.Opaque, 0, 1)),
        (74, "LOAD_ASSERTION_ERROR", new(Operation.Opaque, 0, 1)),
        (75, "RETURN_GENERATOR", new(Operation.Opaque, 0, 0)),
        (82, "LIST_TO_TUPLE", new(Operation.Opaque, 1, 1)),
        (83, "RETURN_VALUE", new(Operation.Leave)),
        (84, "IMPORT_STAR", new(Operation.Opaque, 1, 0)),
        (85, "SETUP_ANNOTATIONS", new(Operation.Opaque, 0, 0)),
        (86, "YIELD_VALUE", new(Operation.Opaque, 1, 1)),
        (87, "ASYNC_GEN_WRAP", new(Operation.Opaque, 1, 1)),
        (88, "PREP_RERAISE_STAR", new(Operation.Opaque, 2, 1)),
        (89, "POP_EXCEPT", new(Operation.Opaque, 1, 0)),
        (90, "STORE_NAME", new(Operation.StoreName)),
        (91, "DELETE_NAME", new(Operation.Opaque, 0, 0)),
        (92, "UNPACK_SEQUENCE", new(Operation.UnpackSequence, Caches: 1)),
        (93, "FOR_ITER", new(Operation.ForEach)),
        (94, "UNPACK_EX", new(Operation.UnpackWithRest)),
        (95, "STORE_ATTR", new(Operation.StoreAttribute, Caches: 4)),
        (96, "DELETE_ATTR", new(Operation.Opaque, 1, 0)),
        (97, "STORE_GLOBAL", new(Operation.StoreGlobal)),
        (98, "DELETE_GLOBAL", new(Operation.Opaque, 0, 0)),
        (99, "SWAP", new(Operation.Swap)),
        (100, "LOAD_CONST", new(Operation.LoadConstant)),
        (101, "LOAD_NAME", new(Operation.LoadName)),
        (102, "BUILD_TUPLE", new(Operation.BuildCollection)),
        (103, "BUILD_LIST", new(Operation.BuildCollection)),
        (104, "BUILD_SET", new(Operation.BuildCollection)),
        (105, "BUILD_MAP", new(Operation.BuildMap)),
        (106, "LOAD_ATTR", new(Operation.LoadAttribute, Caches: 4)),
        (107, "COMPARE_OP", new(Operation.Opaque, 2, 1, Caches: 2)),
        (108, "IMPORT_NAME", new(Operation.Opaque, 2, 1)),
        (109, "IMPORT_FROM", new(Operation.Opaque, 0, 1)),
        (110, "JUMP_FORWARD", new(Operation.Jump)),
        (111, "JUMP_IF_FALSE_OR_POP", new(Operation.JumpOrPop)),
        (112, "JUMP_IF_TRUE_OR_POP", new(Operation.JumpOrPop)),
        (114, "POP_JUMP_FORWARD_IF_FALSE", new(Operation.PopJump)),
        (115, "POP_JUMP_FORWARD_IF_TRUE", new(Operation.PopJump)),
        (116, "LOAD_GLOBAL", new(Operation.LoadGlobal, Caches: 5)),
        (117, "IS_OP", new(Operation.Opaque, 2, 1)),
        (118, "CONTAINS_OP", new(Operation.Opaque, 2, 1)),
        (119, "RERAISE", new(Operation.Leave)),
        (120, "COPY", new(Operation.Copy)),
        (122, "BINARY_OP", new(Operation.BinaryOperation, Caches: 1)),
        (123, "SEND", new(Operation.Send)),
        (124, "LOAD_FAST", new(Operation.LoadFast)),
        (125, "STORE_FAST", new(Operation.StoreFast)),
        (126, "DELETE_FAST", new(Operation.DeleteFast)),
        (128, "POP_JUMP_FORWARD_IF_NOT_NONE", new(Operation.PopJump)),
        (129, "POP_JUMP_FORWARD_IF_NONE", new(Operation.PopJump)),
        (130, "RAISE_VARARGS", new(Operation.RaiseWithArguments)),
        (131, "GET_AWAITABLE", new(Operation.Opaque, 1, 1)),
        (132, "MAKE_FUNCTION", new(Operation.MakeFunction)),
        (133, "BUILD_SLICE", new(Operation.BuildSlice)),
        (134, "JUMP_BACKWARD_NO_INTERRUPT", new(Operation.Jump, IsBackward: true)),
        (135, "MAKE_CELL", new(Operation.Opaque, 0, 0)),
        (136, "LOAD_CLOSURE", new(Operation.Opaque, 0, 1)),
        (137, "LOAD_DEREF", new(Operation.LoadCell)),
        (138, "STORE_DEREF", new(Operation.StoreCell)),
        (139, "DELETE_DEREF", new(Operation.Opaque, 0, 0)),
        (140, "JUMP_BACKWARD", new(Operation.Jump, IsBackward: true)),
        (142, "CALL_FUNCTION_EX", new(Operation.CallWithCollections)),
        (144, "EXTENDED_ARG", new(Operation.ExtendedArgument)),
        (145, "LIST_APPEND", new(Operation.Opaque, 1, 0)),
        (146, "SET_ADD", new(Operation.Opaque, 1, 0)),
        (147, "MAP_ADD", new(Operation.Opaque, 2, 0)),
        (148, "LOAD_CLASSDEREF", new(Operation.LoadCell)),
        (149, "COPY_FREE_VARS", new(Operation.Opaque, 0, 0)),
        (151, "RESUME", new(Operation.Opaque, 0, 0)),
        (152, "MATCH_CLASS", new(Operation.Opaque, 3, 1)),
        (155, "FORMAT_VALUE", new(Operation.FormatValue)),
        (156, "BUILD_CONST_KEY_MAP", new(Operation.BuildKeyedMap)),
        (157, "BUILD_STRING", new(Operation.BuildCollection)),
        (160, "LOAD_METHOD", new(Operation.LoadMethod, Caches: 10)),
        (162, "LIST_EXTEND", new(Operation.Extend)),
        (163, "SET_UPDATE", new(Operation.Extend)),
        (164, "DICT_MERGE", new(Operation.Extend)),
        (165, "DICT_UPDATE", new(Operation.Extend)),
        (166, "PRECALL", new(Operation.Opaque, 0, 0, Caches: 1)),
        (171, "CALL", new(Operation.Call, Caches: 4)),
        (172, "KW_NAMES", new(Operation.Opaque, 0, 0)),
        (173, "POP_JUMP_BACKWARD_IF_NOT_NONE", new(Operation.PopJump, IsBackward: true)),
        (174, "POP_JUMP_BACKWARD_IF_NONE", new(Operation.PopJump, IsBackward: true)),
        (175, "POP_JUMP_BACKWARD_IF_FALSE", new(Operation.PopJump, IsBackward: true)),
        (176, "POP_JUMP_BACKWARD_IF_TRUE", new(Operation.PopJump, IsBackward: true)),
    ];

    private static IEnumerable<(byte Specialised, byte Base)> Specialised() =>
    [
        .. Of(122, [3, 4, 5, 6, 7, 8, 13, 14, 16]), // BINARY_OP
        .. Of(25, [17, 18, 19, 20, 21]), // BINARY_SUBSCR
        .. Of(171, [22, 23, 24]), // CALL
        .. Of(107, [26, 27, 28, 29]), // COMPARE_OP
        .. Of(144, [34]), // EXTENDED_ARG
        .. Of(140, [38]), // JUMP_BACKWARD
        .. Of(106, [39, 40, 41, 42, 43]), // LOAD_ATTR
        .. Of(100, [44]), // LOAD_CONST
        .. Of(124, [45, 46]), // LOAD_FAST
        .. Of(116, [47, 48, 55]), // LOAD_GLOBAL
        .. Of(160, [56, 57, 58, 59, 62, 63]), // LOAD_METHOD
        .. Of(166, [64, 65, 66, 67, 72, 73, 76, 77, 78, 79, 80, 81, 113, 121, 127, 141, 143]), // PRECALL
        .. Of(151, [150]), // RESUME
        .. Of(95, [153, 154, 158, 159]), // STORE_ATTR
        .. Of(125, [161, 167]), // STORE_FAST
        .. Of(60, [168, 169, 170]), // STORE_SUBSCR
        .. Of(92, [177, 178, 179, 180]), // UNPACK_SEQUENCE
    ];

    private static IEnumerable<(byte Specialised, byte Base)> Of(byte original, byte[] specialised) =>
        specialised.Select(opcode => (opcode, original));
}
