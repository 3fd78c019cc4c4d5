namespace LeakySpanner.Scanning.Projects.Storages;

/// <summary>How sure a growth is.</summary>
public enum GrowthCertainty : byte
{
    /// <summary>Something that is not understood may empty it, or it may not live long.</summary>
    Doubtful,

    /// <summary>It is filled whenever a function runs, and how often that is is not known.</summary>
    Likely,

    /// <summary>It is filled for every request or job.</summary>
    Certain,
}

/// <summary>A container that lasts, is filled again and again, and that nothing ever empties.</summary>
/// <param name="Storage">Which.</param>
/// <param name="Kind">What kind of container.</param>
/// <param name="Fill">The place that fills it; where there are several, one that runs most often.</param>
/// <param name="Certainty">How sure.</param>
public sealed record Growth(Storage Storage, ContainerKind Kind, Mutation Fill, GrowthCertainty Certainty)
{
    /// <summary>The name that the code around it uses, without the [] of entries.</summary>
    public string Name => Storage.ShortName.Replace("[]", "", StringComparison.Ordinal);
}
