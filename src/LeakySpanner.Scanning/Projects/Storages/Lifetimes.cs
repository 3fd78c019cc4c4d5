using System.Collections.Concurrent;
using LeakySpanner.Scanning.Symbols;
using LeakySpanner.Scanning.Syntax;

namespace LeakySpanner.Scanning.Projects.Storages;

/// <summary>How long containers, and the objects whose attributes they are, live.</summary>
public sealed class Lifetimes(Project project, CallTable calls, Reach reach, StorageTable storages)
{
    private const int Deepest = 5;
    private readonly ConcurrentDictionary<Storage, Lifetime> _known = new();

    /// <summary>Decorators of functions that are not inside others, so that they are applied once and for all.</summary>
    private readonly Lazy<HashSet<string>> _decorators = new(() => project.Modules.SelectMany(module => module.Functions)
        .Where(function => function.Scope.Parent?.Kind != ScopeKind.Function)
        .SelectMany(function => function.Decorators)
        .Select(decorator => project.Resolver.NameOf(decorator.Kind == NodeKind.Call ? decorator.Child(Field.Function) : decorator))
        .OfType<string>().ToHashSet(StringComparer.Ordinal));

    public Lifetime Of(Storage storage) => _known.GetOrAdd(storage, each => Of(each, Deepest));

    /// <summary>True where something takes entries out of it, or keeps it short.</summary>
    public bool IsBounded(Storage storage) => storage.Mutations.Any(mutation => mutation.By is not null && mutation.Kind switch
    {
        // Also where it is called once: a task that was started then may do it for ever.
        MutationKind.Shrink or MutationKind.Measure => true,
        MutationKind.Replace => reach.Of(mutation.By) != Frequency.Once,
        _ => false,
    });

    private Lifetime Of(Storage storage, int depth)
    {
        if (depth == 0)
            return Lifetime.Unknown;
        // What is taken out of the container around it goes with its own content.
        if (storage.Outer is { } outer)
            return IsBounded(outer) ? Lifetime.Short : Of(outer, depth - 1);
        return storage.Kind switch
        {
            StorageKind.InstanceAttribute => storage.Binding?.Scope.QualifiedName is { } owner ? OfInstances(owner, depth - 1) : Lifetime.Unknown,
            StorageKind.Closure => OfClosure(storage),
            _ => Lifetime.Process,
        };
    }

    /// <summary>A closure's variable lives as long as the inner function: for ever where the outer one is a decorator used at module level.</summary>
    private Lifetime OfClosure(Storage storage)
    {
        if (storage.Binding?.Scope.Function is not { } outer)
            return Lifetime.Unknown;
        for (var at = outer; at is not null; at = at.Outer)
        {
            if (_decorators.Value.Contains(at.QualifiedName))
                return Lifetime.Process;
        }

        return calls.Of(outer.QualifiedName).Any(site => site.By is null) ? Lifetime.Process : Lifetime.Unknown;
    }

    /// <summary>The longest that any instance of a class may live.</summary>
    private Lifetime OfInstances(string className, int depth)
    {
        if (depth <= 0)
            return Lifetime.Unknown;
        var longest = Lifetime.Short;
        var seen = false;
        foreach (var site in calls.Of(className))
        {
            seen = true;
            longest = Max(longest, OfInstance(site, depth));
            if (longest == Lifetime.Process)
                return longest;
        }

        foreach (var holder in storages.HoldersOf(className))
        {
            seen = true;
            longest = Max(longest, IsBounded(holder) ? Lifetime.Short : Of(holder, depth - 1));
        }

        foreach (var derived in project.DerivedFrom(className))
        {
            seen = true;
            longest = Max(longest, OfInstances(derived.QualifiedName, depth - 1));
        }

        return seen ? longest : Lifetime.Unknown;
    }

    private Lifetime OfInstance(CallSite made, int depth)
    {
        if (made.By is null)
            return Lifetime.Process;
        if (made.By.Decorators.Any(decorator => IsMemo(decorator)))
            return Lifetime.Process;
        var kept = made.Call.Parent;
        if (kept.Kind == NodeKind.Assignment && kept.Child(Field.Left) is { Kind: NodeKind.Attribute } target)
        {
            // self.store = Store(): as long as self. app.state.store = Store(): for ever.
            if (target.Child(Field.Object) is { Kind: NodeKind.Attribute } state && state.Child(Field.Attribute).Is("state"u8))
                return Lifetime.Process;
            return made.By.Owner is { } owner ? OfInstances(owner.QualifiedName, depth - 1) : Lifetime.Unknown;
        }

        // global store; store = Store()
        if (kept.Kind == NodeKind.Assignment && Resolver.BindingOf(kept.Child(Field.Left)) is { Scope.Kind: ScopeKind.Module })
            return Lifetime.Process;
        return Lifetime.Short;
    }

    private bool IsMemo(Node decorator) =>
        project.Resolver.NameOf(decorator.Kind == NodeKind.Call ? decorator.Child(Field.Function) : decorator) is "functools.lru_cache" or "functools.cache";

    private static Lifetime Max(Lifetime left, Lifetime right) => left > right ? left : right;
}
