using LeakySpanner.Scanning.Symbols;

namespace LeakySpanner.Scanning.Projects.Storages;

public enum StorageKind : byte
{
    /// <summary>A module's name.</summary>
    Module,

    /// <summary>An attribute of a class, shared by all instances.</summary>
    ClassAttribute,

    /// <summary>An attribute of self.</summary>
    InstanceAttribute,

    /// <summary>A variable of a function that a function inside it fills.</summary>
    Closure,

    /// <summary>A default argument, made once when the function was defined.</summary>
    DefaultArgument,

    /// <summary>An attribute of a function object.</summary>
    FunctionAttribute,

    /// <summary>app.state.name</summary>
    AppState,
}

/// <summary>How long a container lives.</summary>
public enum Lifetime : byte
{
    Unknown,

    /// <summary>No longer than a call, a request or a job.</summary>
    Short,

    /// <summary>As long as the process.</summary>
    Process,
}

/// <summary>A container that the project fills or empties.</summary>
public sealed class Storage
{
    internal Storage(string name, StorageKind kind, Binding? binding, Storage? outer) => (Name, Kind, Binding, Outer) = (name, kind, binding, outer);

    /// <summary>"app.cache.results"; what is inside another container has [] behind its name: "app.storage.series[]".</summary>
    public string Name { get; }

    public StorageKind Kind { get; }

    /// <summary>Where it is bound, or null (app.state, attributes of functions).</summary>
    public Binding? Binding { get; }

    /// <summary>The container that it is an entry of, or null.</summary>
    public Storage? Outer { get; }

    /// <summary>In the order of files and lines.</summary>
    public List<Mutation> Mutations { get; } = [];

    /// <summary>The name that the code around it uses: "results", "sessions".</summary>
    public string ShortName => Name[(Name.LastIndexOf('.') + 1)..];

    public override string ToString() => Name;
}
