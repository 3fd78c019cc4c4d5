using LeakySpanner.Scanning.Symbols;

namespace LeakySpanner.Scanning.Projects.Storages;

/// <summary>The containers of a project that grow without end, by the module that fills them.</summary>
public sealed class GrowthTable
{
    private readonly ProjectFacts _facts;
    private readonly KeyOrigin _origin;
    private readonly Dictionary<Module, List<Growth>> _byModule = [];

    public GrowthTable(ProjectFacts facts)
    {
        _facts = facts;
        _origin = new KeyOrigin(facts.Project, facts.Calls, facts.Reach);
        foreach (var storage in facts.Storages.All)
        {
            if (FillOf(storage) is not { } fill)
                continue;
            var module = Resolver.ModuleOf(fill.At);
            if (!_byModule.TryGetValue(module, out var growths))
                _byModule[module] = growths = [];
            growths.Add(new Growth(storage, ContainerKinds.Of(storage, facts.Project), fill, CertaintyOf(storage, fill)));
        }
    }

    public IReadOnlyList<Growth> In(Module module) => _byModule.TryGetValue(module, out var growths) ? growths : [];

    /// <summary>The place that fills it most often, or null where it ends growing.</summary>
    private Mutation? FillOf(Storage storage)
    {
        Mutation? best = null;
        foreach (var mutation in storage.Mutations)
        {
            if (mutation.Kind != MutationKind.Grow || mutation.By is null || _facts.Reach.Of(mutation.By) == Frequency.Once)
                continue;
            if (mutation.Key.Exists && _facts.Keys.IsLimited(mutation.Key, mutation.By))
                continue;
            if (best is null || _facts.Reach.Of(mutation.By) > _facts.Reach.Of(best.Value.By) || _facts.Reach.Of(mutation.By) == _facts.Reach.Of(best.Value.By) && IsFresh(mutation) && !IsFresh(best.Value))
                best = mutation;
        }

        var lifetimes = _facts.Storages.Lifetimes;
        return best is null || lifetimes.IsBounded(storage) || lifetimes.Of(storage) == Lifetime.Short ? null : best;
    }

    private GrowthCertainty CertaintyOf(Storage storage, Mutation fill)
    {
        if (_facts.Storages.MayBeShrunk(storage) || _facts.Storages.Lifetimes.Of(storage) == Lifetime.Unknown)
            return GrowthCertainty.Doubtful;
        var escapes = storage.Mutations.Any(mutation => mutation.Kind == MutationKind.Escape);
        // Where nobody knows how often it is filled, only a module's list and a memo in a closure are: what else is keyed is a registry or a cache of what the
        // program itself has, and an attribute lives as long as an object of which nothing is known.
        if (_facts.Reach.Of(fill.By) != Frequency.Repeated)
        {
            var usual = storage.Kind == StorageKind.Closure ? !escapes && fill.Key.Exists : storage.Kind == StorageKind.Module && !escapes && !fill.Key.Exists && !Registration.IsOne(fill.By!, _facts);
            return usual ? GrowthCertainty.Likely : GrowthCertainty.Doubtful;
        }

        return !IsFresh(fill) ? GrowthCertainty.Doubtful : escapes ? GrowthCertainty.Likely : GrowthCertainty.Certain;
    }

    private bool IsFresh(Mutation fill) => !fill.Key.Exists || _origin.IsFresh(fill.Key, fill.By!);
}
