using LeakySpanner.Analysis.Trend;
using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Analysis.Diagnosis;

/// <summary>How a suspect's growth will go on, as far as can be told.</summary>
internal enum Prospect
{
    /// <summary>Nothing known stops it.</summary>
    Unbounded,

    /// <summary>Something removes entries when there are many; it may be filling up.</summary>
    Guarded,

    /// <summary>It ends by itself: a bound, a timer, a collection, free memory that is used again.</summary>
    Ends,

    /// <summary>It came in one go, or comes and goes.</summary>
    Unsteady,
}

/// <param name="Suspect">What the report says.</param>
/// <param name="Bytes">Growth between the snapshots, or null where it is not counted in bytes.</param>
/// <param name="Prospect">How it goes on.</param>
/// <param name="Trend">Its number through the censuses, or null.</param>
/// <param name="NothingEvicts">Code that fills it is known, and none that empties it.</param>
internal sealed record Candidate(Suspect Suspect, long? Bytes, Prospect Prospect, CountTrend? Trend = null, bool NothingEvicts = false)
{
    /// <summary>In the last snapshot: below it lies what the suspect holds. None where it is no single object.</summary>
    public NodeId Node { get; init; } = NodeId.None;

    /// <summary>The object that has the entries, where that is another one.</summary>
    public NodeId Storage { get; init; } = NodeId.None;

    public double Share => Suspect.ShareOfGrowth ?? 0;
}
