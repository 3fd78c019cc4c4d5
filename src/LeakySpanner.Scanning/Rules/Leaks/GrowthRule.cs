using LeakySpanner.Scanning.Projects;
using LeakySpanner.Scanning.Projects.Storages;
using LeakySpanner.Scanning.Symbols;

namespace LeakySpanner.Scanning.Rules.Leaks;

/// <summary>Containers that live as long as the process, are filled again and again and never emptied: the base of the rules about them.</summary>
public abstract class GrowthRule : Rule
{
    public override void Check(Module module, RuleContext context)
    {
        foreach (var growth in context.Facts.Growths.In(module))
        {
            if (IsMine(growth))
                context.Report(Describe(growth, context) with { Subject = growth.Storage.Name, Related = Places(growth.Storage) });
        }
    }

    /// <summary>Whether this rule speaks of it.</summary>
    protected abstract bool IsMine(Growth growth);

    protected abstract Finding Describe(Growth growth, RuleContext context);

    protected static Confidence ConfidenceOf(Growth growth) => growth.Certainty switch
    {
        GrowthCertainty.Certain => Confidence.High,
        GrowthCertainty.Likely => Confidence.Medium,
        _ => Confidence.Low,
    };

    private static IReadOnlyList<RelatedPlace> Places(Storage storage)
    {
        var outermost = storage;
        while (outermost.Outer is { } outer)
            outermost = outer;
        foreach (var mutation in outermost.Mutations)
        {
            if (mutation.Kind == MutationKind.Make)
                return [new RelatedPlace(Resolver.ModuleOf(mutation.At).File, mutation.At, "made here")];
        }

        return [];
    }
}
