using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Symbols;

public enum BindingKind : byte
{
    Variable,
    Parameter,
    Import,
    Function,
    Class,
}

/// <summary>How a name came to a value.</summary>
public enum AssignmentKind : byte
{
    /// <summary>name = value</summary>
    Plain,

    /// <summary>with value as name</summary>
    With,

    /// <summary>for name in value</summary>
    For,

    /// <summary>name += value</summary>
    Augmented,

    /// <summary>Part of something that is taken apart: a, b = value.</summary>
    Unpacked,

    /// <summary>except value as name</summary>
    Except,

    /// <summary>A parameter's default.</summary>
    Default,
}

/// <param name="Value">What is assigned.</param>
/// <param name="Kind">How.</param>
/// <param name="By">The function whose code does it, or null for a module's or class's own.</param>
public readonly record struct Assignment(Node Value, AssignmentKind Kind, Function? By);

/// <summary>A name in a scope, or an attribute of a class.</summary>
/// <param name="name">The name alone.</param>
/// <param name="kind">What bound it last.</param>
/// <param name="scope">Whose it is.</param>
public sealed class Binding(string name, BindingKind kind, Scope scope)
{
    private static readonly List<Assignment> None = [];
    private List<Assignment>? _assignments;

    public string Name => name;

    public BindingKind Kind { get; internal set; } = kind;

    public Scope Scope => scope;

    /// <summary>"app.cache.results", "app.sessions.Session.history", "app.main.search.rows".</summary>
    public string QualifiedName => NamePool.Join(scope.QualifiedName, name);

    /// <summary>Of an import: the dotted name that was imported. Null for others.</summary>
    public string? Target { get; internal set; }

    /// <summary>Of a function or a class.</summary>
    public Function? Function { get; internal set; }

    public Class? Class { get; internal set; }

    /// <summary>The annotation's type, or none.</summary>
    public Node Annotation { get; internal set; }

    /// <summary>Of an import: the canonical name, once the resolver has looked.</summary>
    internal string? Followed { get; set; }

    /// <summary>Filled by the resolver.</summary>
    internal Projects.KnownType? KnownType { get; set; }

    public IReadOnlyList<Assignment> Assignments => _assignments ?? None;

    /// <summary>Data written as code assigns the same names thousands of times; what the first ones say is enough.</summary>
    internal void Add(Assignment assignment)
    {
        _assignments ??= new List<Assignment>(1);
        if (_assignments.Count < 64)
            _assignments.Add(assignment);
    }
}
