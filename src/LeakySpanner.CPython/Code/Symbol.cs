namespace LeakySpanner.CPython.Code;

/// <summary>What is known of a value while its function is read.</summary>
internal enum SymbolKind : byte
{
    Unknown,

    /// <summary>The thing that a path names.</summary>
    Path,

    /// <summary>Everything in it, in another form: list(x), iter(x), x.items().</summary>
    Contents,

    /// <summary>Some of it: x[-n:], [v for v in x if ...].</summary>
    Part,

    /// <summary>A new thing that is it and more: x + [y], [*x, y].</summary>
    Grown,

    /// <summary>Itself, to which x += y has just added.</summary>
    Mutated,

    /// <summary>A new, empty or literal, container.</summary>
    New,

    /// <summary>A constant, by index.</summary>
    Constant,
    Slice,

    /// <summary>A function made here from a nested code object.</summary>
    Function,

    /// <summary>The placeholder below a callable.</summary>
    Null,
}

/// <param name="Kind">What is known.</param>
/// <param name="Index">A path's number, or a constant's index.</param>
internal readonly record struct Symbol(SymbolKind Kind, int Index = 0)
{
    public static readonly Symbol Unknown = new(SymbolKind.Unknown);

    /// <summary>True where something of a path is in it.</summary>
    public bool HasPath => Kind is SymbolKind.Path or SymbolKind.Contents or SymbolKind.Part or SymbolKind.Grown or SymbolKind.Mutated;

    /// <summary>True for what code falls back to where nothing is there yet.</summary>
    public bool IsDefault => Kind is SymbolKind.New or SymbolKind.Constant;
}
