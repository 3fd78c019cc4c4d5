using System.Collections.Immutable;
using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Analysis.Attribution;

/// <summary>How sure a use is one of the container that is asked about.</summary>
public enum SiteCertainty
{
    /// <summary>An attribute of the same name, of an object that could not be told.</summary>
    SameName,

    /// <summary>The attribute's name and the name before it fit, or the class of self does.</summary>
    SameAttribute,

    /// <summary>The name leads to this very object.</summary>
    Identical,
}

/// <param name="Code">The function's code object.</param>
/// <param name="Site">File, line and function, as a person is told.</param>
/// <param name="Method">"append", "[]=", "del []".</param>
/// <param name="Action">What is done there.</param>
public readonly record struct ContainerUse(NodeId Code, Site Site, CodeAction Action, string Method, SiteCertainty Certainty);

/// <summary>What keeps a container from growing for ever, as far as code tells.</summary>
public enum Eviction
{
    /// <summary>Nothing ever removes anything.</summary>
    None,

    /// <summary>Entries are removed one by one, somewhere else; growth means that this does not happen often enough.</summary>
    Paired,

    /// <summary>It is cut when it gets long, or allows itself only so many entries.</summary>
    Bounded,
}

/// <param name="Fills">Where it is filled, the surest first.</param>
/// <param name="Removals">Where anything is taken out.</param>
/// <param name="Reads">Functions that ask for its length.</param>
/// <param name="Eviction">What the removals amount to.</param>
/// <param name="EvictedAt">The line that speaks for it, or null.</param>
public sealed record SiteReport(
    ImmutableArray<ContainerUse> Fills,
    ImmutableArray<ContainerUse> Removals,
    ImmutableArray<ContainerUse> Reads,
    Eviction Eviction,
    Site? EvictedAt)
{
    public static readonly SiteReport Nothing = new([], [], [], Eviction.None, null);
}
