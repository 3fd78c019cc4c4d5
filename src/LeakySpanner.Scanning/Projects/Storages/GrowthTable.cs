using LeakySpanner.Scanning.Symbols;

namespace LeakySpanner.Scanning.Projects.Storages;

/// <summary>The containers of a project that grow without end, by the module that fills them.</summary>
public sealed class GrowthTable
{
    private readonly ProjectFacts _facts;
    private readonly Dictionary<Module, List<Growth>> _byModule = [];

    public GrowthTable(ProjectFacts facts)
    {
        _facts = facts;
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
            if (best is null || _facts.Reach.Of(mutation.By) > _facts.Reach.Of(best.Value.By))
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
        if (_facts.Reach.Of(fill.By) == Frequency.Repeated)
            return escapes ? GrowthCertainty.Likely : GrowthCertainty.Certain;
        return escapes || storage.Kind != StorageKind.Closure && Registration.IsOne(fill.By!, _facts) ? GrowthCertainty.Doubtful : GrowthCertainty.Likely;
    }
}
