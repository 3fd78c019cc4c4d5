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
    /// <summary>Constants that stand in instructions, not among a code object's, have indices from here on.</summary>
    private const int FirstNumber = int.MinValue + (1 << 16);

    public static readonly Symbol Unknown = new(SymbolKind.Unknown);

    /// <summary>A constant of which nothing is asked.</summary>
    public static readonly Symbol OtherConstant = new(SymbolKind.Constant, int.MinValue);

    /// <summary>The number of such a constant; null for others.</summary>
    public int? Number => Kind == SymbolKind.Constant && Index is < 0 and not int.MinValue ? Index - FirstNumber : null;

    /// <summary>True where it stands among its code object's constants.</summary>
    public bool IsListedConstant => Kind == SymbolKind.Constant && Index >= 0;

    /// <summary>True where something of a path is in it.</summary>
    public bool HasPath => Kind is SymbolKind.Path or SymbolKind.Contents or SymbolKind.Part or SymbolKind.Grown or SymbolKind.Mutated;

    /// <summary>True for what code falls back to where nothing is there yet.</summary>
    public bool IsDefault => Kind is SymbolKind.New or SymbolKind.Constant;

    public static Symbol OfNumber(int number) => Math.Abs((long)number) < 1 << 15 ? new Symbol(SymbolKind.Constant, FirstNumber + number) : OtherConstant;
}
