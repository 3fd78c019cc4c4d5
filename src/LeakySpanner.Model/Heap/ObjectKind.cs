namespace LeakySpanner.Model.Heap;

/// <summary>What an object is for, in words that serve more than one runtime.</summary>
public enum ObjectKind : byte
{
    /// <summary>An object of a class written in the target's language, or of an extension.</summary>
    Instance,
    Mapping,
    Sequence,
    Set,
    Queue,
    Text,
    Binary,
    Number,

    /// <summary>A memoized function's store (functools.lru_cache).</summary>
    Cache,
    Function,
    Method,
    Code,
    Cell,
    Module,
    Type,
    Frame,

    /// <summary>A generator, coroutine or async generator; its suspended frame is part of it.</summary>
    Coroutine,
    Task,
    WeakReference,
}

/// <summary>What follows the named fields in an object's edges.</summary>
public enum EdgeTail : byte
{
    None,

    /// <summary>Items in order: list, tuple, deque.</summary>
    Items,

    /// <summary>Key and value in turn: dict.</summary>
    Pairs,

    /// <summary>Members without order: set.</summary>
    Members,

    /// <summary>Found by a conservative scan, or whose names are unknown.</summary>
    Unlabelled,
}
