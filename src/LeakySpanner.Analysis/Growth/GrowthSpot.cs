namespace LeakySpanner.Analysis.Growth;

/// <param name="Node">Where growth gathers.</param>
/// <param name="Bytes">Net growth.</param>
/// <param name="Part">Of the growth below it, what counts for this place.</param>
/// <param name="IsRest">True where larger parts of it are places of their own.</param>
internal readonly record struct GrowthSpot(int Node, long Bytes, double Part, bool IsRest)
{
    /// <summary>The object by which a person finds the place, where that is another one: the head of a linked list.</summary>
    public int? Entry { get; init; }
}
