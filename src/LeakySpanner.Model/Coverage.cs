using System.Collections.Immutable;

namespace LeakySpanner.Model;

/// <summary>What a reading could not read or did not believe. A report without it would claim more than was seen.</summary>
/// <param name="ObjectsSeen">Objects whose type was verified.</param>
/// <param name="Faults">Reasons by name ("pool header inconsistent", "edge to no object") with how often each was met.</param>
/// <param name="PausedMilliseconds">How long the target was stopped; 0 unless asked for.</param>
public sealed record Coverage(long ObjectsSeen, ImmutableSortedDictionary<string, long> Faults, double PausedMilliseconds = 0)
{
    public static readonly Coverage None = new(0, ImmutableSortedDictionary<string, long>.Empty);

    public long FaultCount => Faults.Values.Sum();
}
