using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Symbols;

/// <summary>A class that the project defines.</summary>
/// <param name="name">Its name alone.</param>
/// <param name="definition">Its class_definition.</param>
/// <param name="scope">The names of its body: methods and class attributes.</param>
public sealed class Class(string name, Node definition, Scope scope)
{
    public string Name => name;

    public string QualifiedName => scope.QualifiedName;

    public Node Definition => definition;

    public Scope Scope => scope;

    /// <summary>What methods assign to self, beside what the body binds.</summary>
    public Scope Instance { get; } = new(ScopeKind.Class, null, scope.Module, scope.QualifiedName);

    public IEnumerable<Node> Decorators => Function.DecoratorsOf(definition);

    /// <summary>The expressions in its parentheses, keywords left out.</summary>
    public IReadOnlyList<Node> Bases { get; internal set; } = [];

    public Function? Method(string method) => scope.Own(method)?.Function;

    public override string ToString() => QualifiedName;
}
