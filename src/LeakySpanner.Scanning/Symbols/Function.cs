using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Symbols;

/// <summary>A function or method that the project defines. Lambdas are part of the function around them.</summary>
/// <param name="name">Its name alone.</param>
/// <param name="definition">Its function_definition.</param>
/// <param name="scope">Its own names.</param>
/// <param name="owner">The class that it is a method of, or null.</param>
public sealed class Function(string name, Node definition, Scope scope, Class? owner)
{
    public string Name => name;

    public string QualifiedName => scope.QualifiedName;

    public Node Definition => definition;

    public Node Body => definition.Child(Field.Body);

    public Scope Scope => scope;

    public Module Module => scope.Module;

    public Class? Owner => owner;

    /// <summary>The function around it, or null.</summary>
    public Function? Outer => Scope.Parent?.Function;

    public bool IsAsync => definition.Child(NodeKind.Async).Exists;

    /// <summary>True where its body yields.</summary>
    public bool IsGenerator { get; internal set; }

    /// <summary>Expressions after the @, the nearest to the function last.</summary>
    public IEnumerable<Node> Decorators => DecoratorsOf(definition);

    /// <summary>Its parameters' names, in order, self included.</summary>
    public IReadOnlyList<string> Parameters { get; internal set; } = [];

    /// <summary>What it returns, except in functions inside it.</summary>
    public IReadOnlyList<Node> Returns { get; internal set; } = [];

    public override string ToString() => QualifiedName;

    internal static IEnumerable<Node> DecoratorsOf(Node definition)
    {
        var around = definition.Parent;
        if (around.Kind != NodeKind.DecoratedDefinition)
            return [];
        var decorators = new List<Node>();
        foreach (var child in around.Children)
        {
            if (child.Kind == NodeKind.Decorator)
                decorators.Add(child.FirstChild);
        }

        return decorators;
    }
}
