using LeakySpanner.Scanning.Symbols;

namespace LeakySpanner.Scanning.Projects.Storages;

/// <summary>The lasting containers of a project and what is done to each, wherever that is.</summary>
public sealed class StorageTable
{
    private static readonly IReadOnlyList<Storage> None = [];
    private readonly Dictionary<string, Storage> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Storage>> _holders = new(StringComparer.Ordinal);

    private readonly Dictionary<Module, List<(Storage Storage, Mutation Mutation)>> _byModule = [];
    private readonly HashSet<string> _shrunkSomewhere = new(StringComparer.Ordinal);

    public StorageTable(Project project, CallTable calls, Reach reach, ParallelOptions parallel)
    {
        var found = new MutationFinder[project.Modules.Count];
        Parallel.For(0, found.Length, parallel, i =>
        {
            found[i] = new MutationFinder(project, calls, project.Modules[i]);
            found[i].Find();
        });
        foreach (var finder in found)
            _shrunkSomewhere.UnionWith(finder.ShrunkAttributes);
        for (var i = 0; i < found.Length; i++)
            _byModule[project.Modules[i]] = [.. found[i].Found.Select(each => (Get(each.Storage), each.Mutation))];
        foreach (var (storage, mutation) in _byModule.Values.SelectMany(each => each))
        {
            storage.Mutations.Add(mutation);
            if (mutation.Kind == MutationKind.Grow && mutation.Value.Exists && project.Resolver.TypeOf(mutation.Value) is { } held && project.ClassOf(held.Name) is not null)
                AddHolder(held.Name, storage);
        }

        Lifetimes = new Lifetimes(project, calls, reach, this);
    }

    /// <summary>What one module does to containers, its own and others'.</summary>
    public IReadOnlyList<(Storage Storage, Mutation Mutation)> In(Module module) => _byModule.TryGetValue(module, out var mutations) ? mutations : [];

    public IReadOnlyCollection<Storage> All => _byName.Values;

    /// <summary>How long containers live.</summary>
    public Lifetimes Lifetimes { get; }

    /// <summary>True where something takes entries out of an attribute of this name, of an object whose class is not known.</summary>
    public bool MayBeShrunk(Storage storage) => _shrunkSomewhere.Contains(storage.ShortName);

    /// <summary>Null where nothing is done to it.</summary>
    public Storage? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The containers into which instances of a class of the project are put.</summary>
    public IReadOnlyList<Storage> HoldersOf(string className) => _holders.TryGetValue(className, out var holders) ? holders : None;

    private Storage Get(StorageKey key)
    {
        if (_byName.TryGetValue(key.Name, out var known))
            return known;
        var outer = key.Outer is { } around ? Get(around) : null;
        return _byName[key.Name] = new Storage(key.Name, key.Kind, key.Binding, outer);
    }

    private void AddHolder(string className, Storage storage)
    {
        if (!_holders.TryGetValue(className, out var holders))
            _holders[className] = holders = [];
        if (!holders.Contains(storage))
            holders.Add(storage);
    }
}
