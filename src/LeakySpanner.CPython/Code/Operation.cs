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

    /// <summary>Leaves copies of as many topmost values as it takes.</summary>
    Duplicate,

    /// <summary>Puts the topmost value below the others of as many as it takes, or as its argument says.</summary>
    Rotate,

    /// <summary>Removes as many values as it takes from below the topmost one.</summary>
    DropBelow,
    LoadConstant,

    /// <summary>The argument is the number itself.</summary>
    LoadSmallNumber,

    /// <summary>One of a few constants that every program shares, by index (3.14).</summary>
    LoadCommonConstant,
    LoadFast,
    StoreFast,
    DeleteFast,

    /// <summary>Loads a local and leaves it without a value.</summary>
    LoadFastAndClear,

    /// <summary>Two locals in one instruction: the higher four bits of the argument are the first.</summary>
    LoadFastTwice,
    StoreFastLoadFast,
    StoreFastTwice,

    /// <summary>The name's index is the argument. May take values first.</summary>
    LoadName,
    StoreName,

    /// <summary>The name's index is the argument shifted right by one; the low bit pushes a null beside it.</summary>
    LoadGlobal,
    StoreGlobal,
    LoadCell,
    StoreCell,
    LoadAttribute,

    /// <summary>The name's index is the argument shifted right by one; the low bit asks for a method and its receiver.</summary>
    LoadAttributeOrMethod,

    /// <summary>Takes super, the class and the object. The name's index is the argument shifted right by two; the low bit asks for a method.</summary>
    LoadSuperAttribute,
    StoreAttribute,
    LoadMethod,
    LoadItem,
    StoreItem,
    DeleteItem,
    LoadSlice,
    StoreSlice,

    /// <summary>The argument tells which one.</summary>
    BinaryOperation,

    /// <summary>Makes something larger of the left side: + and |.</summary>
    Grow,

    /// <summary>+= and |=.</summary>
    GrowInPlace,

    /// <summary>-= and &amp;=.</summary>
    ShrinkInPlace,

    /// <summary>Takes as many values as the argument says.</summary>
    BuildCollection,

    /// <summary>Takes two values for each one that the argument counts.</summary>
    BuildMap,

    /// <summary>Takes as many values as the argument says, and a tuple of keys.</summary>
    BuildKeyedMap,

    /// <summary>Takes as many collections as the argument says and makes one of all that is in them.</summary>
    BuildUnpacked,
    BuildSlice,

    /// <summary>Takes a value, and a format below it where bit 2 of the argument is set.</summary>
    FormatValue,

    /// <summary>Takes two values, and a format where bit 0 of the argument is set.</summary>
    BuildInterpolation,

    /// <summary>Takes a value and adds all of it to the collection that the argument finds below.</summary>
    Extend,

    /// <summary>Takes the code and what else it says, and a value for each of four bits of the argument.</summary>
    MakeFunction,

    /// <summary>A callable, a null or receiver beside it, arguments; and above them what else it takes.</summary>
    Call,

    /// <summary>A callable, arguments; and above them what else it takes.</summary>
    CallFunction,

    /// <summary>A callable, as many nulls as it takes beside it, a tuple, and a mapping where bit 0 of the argument is set.</summary>
    CallWithCollections,

    /// <summary>The same with a mapping, or a null in its place, always.</summary>
    CallWithBothCollections,

    /// <summary>Leaves the iterator and, where it pushes more than one, what the interpreter keeps above it.</summary>
    GetIterator,

    /// <summary>The iterator has gone where the loop ends.</summary>
    ForEach,

    /// <summary>The iterator, as many values as it takes, and one more are there where the loop ends.</summary>
    ForEachUntilEnd,
    UnpackSequence,
    UnpackWithRest,
    RaiseWithArguments,

    /// <summary>Goes on to its target, always.</summary>
    Jump,

    /// <summary>Takes one value, or as many as it says, and goes to its target or on.</summary>
    PopJump,

    /// <summary>Goes to its target keeping the value, or takes it and goes on.</summary>
    JumpOrPop,

    /// <summary>Goes to its target when what is awaited has ended, leaving one value less.</summary>
    Send,

    /// <summary>Goes to its target when what is awaited has ended, leaving as many values.</summary>
    SendUntilEnd,

    /// <summary>Leaves the function, or goes to a handler.</summary>
    Leave,
}
