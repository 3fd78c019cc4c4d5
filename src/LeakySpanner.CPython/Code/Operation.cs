namespace LeakySpanner.CPython.Code;

/// <summary>What an instruction does, whatever number a version of CPython gives it.</summary>
public enum Operation : byte
{
    /// <summary>No such instruction in this version: the bytes are not code, or not where code begins.</summary>
    Invalid,

    /// <summary>Takes and leaves a fixed number of values of which nothing is known afterwards.</summary>
    Opaque,
    ExtendedArgument,
    PushNull,
    Copy,
    Swap,
    LoadConstant,
    LoadFast,
    StoreFast,
    DeleteFast,

    /// <summary>The name's index is the argument.</summary>
    LoadName,
    StoreName,

    /// <summary>The name's index is the argument shifted right by one; the low bit pushes a null below it.</summary>
    LoadGlobal,
    StoreGlobal,
    LoadCell,
    StoreCell,
    LoadAttribute,
    StoreAttribute,
    LoadMethod,
    LoadItem,
    StoreItem,
    DeleteItem,
    BinaryOperation,

    /// <summary>Takes as many values as the argument says.</summary>
    BuildCollection,

    /// <summary>Takes two values for each one that the argument counts.</summary>
    BuildMap,

    /// <summary>Takes as many values as the argument says, and a tuple of keys.</summary>
    BuildKeyedMap,
    BuildSlice,

    /// <summary>Takes a value, and a format below it where bit 2 of the argument is set.</summary>
    FormatValue,

    /// <summary>Takes a value and adds all of it to the collection that the argument finds below.</summary>
    Extend,
    MakeFunction,
    Call,
    CallWithCollections,
    GetIterator,
    ForEach,
    UnpackSequence,
    UnpackWithRest,
    RaiseWithArguments,

    /// <summary>Goes on to its target, always.</summary>
    Jump,

    /// <summary>Takes a value and goes to its target or on.</summary>
    PopJump,

    /// <summary>Goes to its target keeping the value, or takes it and goes on.</summary>
    JumpOrPop,

    /// <summary>Goes to its target when what is awaited has ended.</summary>
    Send,

    /// <summary>Leaves the function, or goes to a handler.</summary>
    Leave,
}
