using LeakySpanner.Scanning.Symbols;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Projects.Storages;

public enum MutationKind : byte
{
    /// <summary>It is made: at module level, in a class body, in __init__.</summary>
    Make,

    /// <summary>May make it larger.</summary>
    Grow,

    /// <summary>May make it smaller.</summary>
    Shrink,

    /// <summary>Another container takes its place.</summary>
    Replace,

    /// <summary>Its length is compared with something.</summary>
    Measure,

    /// <summary>It is handed to code that may do anything with it.</summary>
    Escape,
}

/// <summary>A place where a container is filled, emptied, measured or handed on.</summary>
/// <param name="Kind">Which.</param>
/// <param name="At">The whole expression or statement.</param>
/// <param name="Key">What it is filed under, or none for lists and the like.</param>
/// <param name="Value">What is put in, or none.</param>
/// <param name="By">The function that does it, or null at module or class level.</param>
public readonly record struct Mutation(MutationKind Kind, Node At, Node Key, Node Value, Function? By);
