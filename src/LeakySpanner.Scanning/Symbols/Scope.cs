namespace LeakySpanner.Scanning.Symbols;

public enum ScopeKind : byte
{
    Module,
    Class,
    Function,
}

/// <summary>What names mean in a module, a class body or a function.</summary>
public sealed class Scope(ScopeKind kind, Scope? parent, Module module, string qualifiedName)
{
    /// <summary>Names are one string each, so that a short list is searched faster than a dictionary and costs nothing.</summary>
    private const int Few = 12;

    private readonly List<Binding> _bindings = [];
    private Dictionary<string, Binding>? _byName;

    public ScopeKind Kind => kind;

    public Scope? Parent => parent;

    public Module Module => module;

    public string QualifiedName => qualifiedName;

    /// <summary>The function whose body it is, or null.</summary>
    public Function? Function { get; internal set; }

    /// <summary>The class whose body it is, or null.</summary>
    public Class? Class { get; internal set; }

    public IReadOnlyList<Binding> Bindings => _bindings;

    /// <summary>What a name means in this very scope, or null.</summary>
    public Binding? Own(string name)
    {
        if (_byName is not null)
            return _byName.GetValueOrDefault(name);
        foreach (var binding in _bindings)
        {
            if (binding.Name == name)
                return binding;
        }

        return null;
    }

    /// <summary>What a name means here, or null for a builtin and for what is not known. A class body is not seen from its methods.</summary>
    public Binding? Find(string name)
    {
        for (var scope = this; scope is not null; scope = scope.Parent)
        {
            if ((scope.Kind != ScopeKind.Class || ReferenceEquals(scope, this)) && scope.Own(name) is { } found)
                return found;
        }

        return null;
    }

    internal Binding Bind(string name, BindingKind bindingKind)
    {
        if (Own(name) is { } known)
        {
            if (bindingKind != BindingKind.Variable)
                known.Kind = bindingKind;
            return known;
        }

        var binding = new Binding(name, bindingKind, this);
        Add(binding);
        return binding;
    }

    /// <summary>`global name`, `nonlocal name`: the other scope's binding is meant here too.</summary>
    internal void Share(string name, Scope owner)
    {
        if (Own(name) is null)
            Add(owner.Bind(name, BindingKind.Variable), name);
    }

    private void Add(Binding binding, string? name = null)
    {
        _bindings.Add(binding);
        if (_byName is null && _bindings.Count > Few)
            _byName = _bindings.ToDictionary(each => each.Name, StringComparer.Ordinal);
        else
            _byName?.TryAdd(name ?? binding.Name, binding);
    }
}
