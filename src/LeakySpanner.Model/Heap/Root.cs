namespace LeakySpanner.Model.Heap;

/// <summary>Why a root is alive, in the order in which a person would rather be told.</summary>
public enum RootKind : byte
{
    /// <summary>An imported module; the name is the module's.</summary>
    Module,

    /// <summary>A frame that a thread is running; the name is the thread's.</summary>
    Thread,

    /// <summary>State of the interpreter itself: codecs, builtins, thread dictionaries, exceptions in flight.</summary>
    Interpreter,

    /// <summary>A type that lives in a binary and is never freed.</summary>
    StaticType,

    /// <summary>A word in the writable data of a loaded library that equals the object's address (conservative).</summary>
    NativeGlobal,

    /// <summary>A word on a native stack that equals the object's address (conservative).</summary>
    NativeStack,

    /// <summary>A word in native heap memory that equals the object's address (conservative).</summary>
    NativeHeap,
}

/// <param name="Kind">Why it is alive.</param>
/// <param name="Name">The module, thread, library or field that holds it.</param>
/// <param name="Node">What it holds.</param>
public readonly record struct Root(RootKind Kind, string Name, NodeId Node);
