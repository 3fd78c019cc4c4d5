using System.Collections.Immutable;
using LeakySpanner.Model;

namespace LeakySpanner.Sessions;

/// <summary>Who keeps an object alive.</summary>
/// <param name="Asked">As the user said it.</param>
/// <param name="Matches">How many objects it means; the ones shown are those that hold the most.</param>
/// <param name="Objects">The largest retained size first.</param>
public sealed record WhyAnswer(string Asked, int Matches, ImmutableArray<KeptObject> Objects);

/// <param name="Address">In the process, when the snapshot was taken.</param>
/// <param name="Type">Its type's name.</param>
/// <param name="ShallowBytes">Its own block and buffers.</param>
/// <param name="RetainedBytes">What would be freed if it were gone.</param>
/// <param name="Path">From the root to it; empty where no root leads to it.</param>
/// <param name="Name">The path as one dotted name, or null.</param>
/// <param name="HeldBy">Some of the objects that refer to it directly, with their paths.</param>
/// <param name="Holders">How many refer to it directly.</param>
public sealed record KeptObject(
    Address Address, string Type, long ShallowBytes, long RetainedBytes, ImmutableArray<string> Path, string? Name,
    ImmutableArray<string> HeldBy, int Holders);
