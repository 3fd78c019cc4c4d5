using LeakySpanner.Model.Heap;

namespace LeakySpanner.Analysis.Attribution;

internal enum HolderKind
{
    /// <summary>A name in a module's or a function's globals.</summary>
    Global,

    /// <summary>An attribute of an instance.</summary>
    Attribute,

    /// <summary>An attribute of a class.</summary>
    ClassAttribute,

    /// <summary>A closure's variable.</summary>
    Cell,

    /// <summary>A default argument.</summary>
    Default,

    /// <summary>A local of a frame or coroutine.</summary>
    Local,

    /// <summary>A memoized function's store.</summary>
    Memo,

    /// <summary>An entry or item of another container.</summary>
    Item,
}

/// <summary>One thing that refers to a container, and by what name.</summary>
/// <param name="Kind">How it holds it.</param>
/// <param name="Owner">The globals dict, instance, class, cell, function, code or container.</param>
/// <param name="Name">The name, or "" where there is none.</param>
internal readonly record struct Holder(HolderKind Kind, NodeId Owner, string Name);
