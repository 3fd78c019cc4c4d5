using LeakySpanner.Scanning.Sources;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Symbols;

/// <summary>What one file defines.</summary>
public sealed class Module
{
    private readonly Dictionary<int, Scope> _scopes = [];

    internal Module(SourceFile file)
    {
        File = file;
        file.Tree.Module = this;
        Scope = new Scope(ScopeKind.Module, null, this, file.Module);
        _scopes[0] = Scope;
    }

    public SourceFile File { get; }

    public string Name => File.Module;

    public Scope Scope { get; }

    public List<Function> Functions { get; } = [];

    public List<Class> Classes { get; } = [];

    /// <summary>Modules whose every name was imported (import *).</summary>
    public List<string> Wildcards { get; } = [];

    /// <summary>Where a node's names are looked up.</summary>
    public Scope ScopeOf(Node node)
    {
        var at = node;
        var inner = node;
        while (at.Exists)
        {
            // Decorators, defaults, annotations and bases belong to the scope around.
            if (at.Kind is NodeKind.FunctionDefinition or NodeKind.ClassDefinition or NodeKind.Lambda
                && inner.Field is Field.Body && _scopes.TryGetValue(at.Index, out var scope))
                return scope;
            inner = at;
            at = at.Parent;
        }

        return Scope;
    }

    /// <summary>The function whose code a node is part of, or null for a module's or class's own.</summary>
    public Function? FunctionOf(Node node)
    {
        for (var scope = ScopeOf(node); scope is not null; scope = scope.Parent)
        {
            if (scope.Function is not null)
                return scope.Function;
            if (scope.Kind == ScopeKind.Class)
                return null;
        }

        return null;
    }

    internal void Add(Node definition, Scope scope) => _scopes[definition.Index] = scope;
}
