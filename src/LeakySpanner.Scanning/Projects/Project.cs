using LeakySpanner.Scanning.Symbols;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Projects;

/// <summary>
/// All modules of a scan, and what names mean across them. A dotted name is canonical: it says where something is defined, not where it was imported
/// from ("collections.deque", "builtins.dict", "app.cache.results").
/// </summary>
public sealed class Project
{
    /// <summary>Longer chains of re-exports are circles.</summary>
    private const int LongestChain = 12;

    private readonly Dictionary<string, Module> _byPath = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Module> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Class>> _derived = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Binding> _symbols = new(StringComparer.Ordinal);

    /// <param name="modules">In the order in which findings are to be told.</param>
    public Project(IEnumerable<Module> modules)
    {
        Modules = [.. modules];
        foreach (var module in Modules)
        {
            _byPath.TryAdd(module.File.Path, module);
            _byName.TryAdd(module.Name, module);
            AddSymbols(module.Scope);
            foreach (var defined in module.Classes)
            {
                AddSymbols(defined.Scope);
                AddSymbols(defined.Instance);
            }

            foreach (var function in module.Functions)
            {
                if (function.Scope.Parent is { Kind: ScopeKind.Function } around && around.Own(function.Name) is { } inner)
                    _symbols.TryAdd(inner.QualifiedName, inner);
            }
        }

        Resolver = new Resolver(this);
        foreach (var defined in Modules.SelectMany(module => module.Classes))
        {
            foreach (var expression in defined.Bases)
            {
                if (Resolver.NameOf(expression) is not { } parent || ClassOf(parent) is null)
                    continue;
                if (!_derived.TryGetValue(parent, out var known))
                    _derived[parent] = known = [];
                known.Add(defined);
            }
        }
    }

    public IReadOnlyList<Module> Modules { get; }

    /// <summary>What an expression denotes and what type it has.</summary>
    public Resolver Resolver { get; }

    /// <summary>The module-level name, class attribute, attribute of self, class or method with this canonical name, or null.</summary>
    public Binding? Symbol(string name) => _symbols.GetValueOrDefault(name);

    public Class? ClassOf(string name) => Symbol(name)?.Class;

    public Function? FunctionOf(string name) => Symbol(name)?.Function;

    /// <summary>The classes of the project that name this one as a base.</summary>
    public IReadOnlyList<Class> DerivedFrom(string name) => _derived.TryGetValue(name, out var derived) ? derived : [];

    public Module? ModuleOf(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The canonical name of what a module imports under a dotted name.</summary>
    public string Follow(Module importer, string dotted) => Follow(importer, dotted, LongestChain);

    /// <summary>The canonical name of an attribute of a module or of something in one, re-exports followed.</summary>
    internal string Member(string owner, string name) =>
        _byName.TryGetValue(owner, out var module) ? InModule(module, name, LongestChain) : NamePool.Join(owner, name);

    private string Follow(Module importer, string dotted, int left)
    {
        if (left == 0 || FindModule(importer, dotted) is not var (module, rest))
            return dotted;
        return rest.Length == 0 ? module.Name : InModule(module, rest, left - 1);
    }

    private string InModule(Module module, string rest, int left)
    {
        var end = rest.IndexOf('.', StringComparison.Ordinal);
        var first = end < 0 ? rest : NamePool.Of(rest.AsSpan(0, end));
        if (module.Scope.Own(first) is not { } binding)
        {
            // A module beside it (app.cache, where app/__init__.py says nothing of it), or something that `import *` brought.
            var beside = NamePool.Join(module.Name, first);
            if (!_byName.ContainsKey(beside) && left > 0)
            {
                foreach (var wildcard in module.Wildcards)
                {
                    if (FindModule(module, wildcard) is var (other, none) && none.Length == 0 && other.Scope.Own(first) is not null)
                        return InModule(other, rest, left - 1);
                }
            }

            return NamePool.Join(module.Name, rest);
        }

        var name = binding is { Kind: BindingKind.Import, Target: { } target } && left > 0
            ? Follow(module, target, left - 1)
            : NamePool.Join(module.Name, first);
        return end < 0 ? name : NamePool.Join(name, rest[(end + 1)..]);
    }

    /// <summary>The longest part of a dotted name that is a module which the importer would find, and what remains.</summary>
    private (Module Module, string Remaining)? FindModule(Module importer, string dotted)
    {
        // Relative imports are already in our own names.
        for (var end = dotted.Length; end > 0; end = dotted.LastIndexOf('.', end - 1))
        {
            var part = dotted.AsSpan(0, end);
            if (FromPath(importer, part) is { } found)
                return (found, end == dotted.Length ? "" : dotted[(end + 1)..]);
        }

        return null;
    }

    private Module? FromPath(Module importer, ReadOnlySpan<char> dotted)
    {
        if (_byName.TryGetValue(NamePool.Of(dotted), out var named) && (named.File.Root == importer.File.Root || dotted.Contains('@')))
            return named;
        var relative = dotted.ToString().Replace('.', '/');
        for (var root = importer.File.Root; ; root = root.LastIndexOf('/') is var cut and >= 0 ? root[..cut] : "")
        {
            var stem = root.Length == 0 ? relative : root + "/" + relative;
            if (_byPath.TryGetValue(stem + ".py", out var module) || _byPath.TryGetValue(stem + "/__init__.py", out module))
                return module;
            if (root.Length == 0)
                return _byPath.GetValueOrDefault("src/" + relative + ".py") ?? _byPath.GetValueOrDefault("src/" + relative + "/__init__.py");
        }
    }

    private void AddSymbols(Scope scope)
    {
        foreach (var binding in scope.Bindings)
        {
            if (ReferenceEquals(binding.Scope, scope))
                _symbols.TryAdd(binding.QualifiedName, binding);
        }
    }
}
