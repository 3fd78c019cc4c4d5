using System.Collections.Immutable;

namespace LeakySpanner.Model.Usage;

/// <param name="Name">Qualified type name.</param>
/// <param name="Count">Objects.</param>
/// <param name="Bytes">Their blocks, without buffers.</param>
public readonly record struct TypeCount(string Name, long Count, long Bytes);

/// <param name="Address">The container.</param>
/// <param name="Type">Its type's name.</param>
/// <param name="Length">Entries.</param>
public readonly record struct ContainerLength(Address Address, string Type, long Length);

/// <summary>State of the runtime's cyclic collector.</summary>
/// <param name="Enabled">Whether it runs by itself.</param>
/// <param name="Collections">Collections so far, youngest generation first.</param>
/// <param name="Thresholds">Allocations (or younger collections) that start one, youngest first.</param>
/// <param name="Counts">Where those counters stand.</param>
public sealed record CollectorState(bool Enabled, ImmutableArray<long> Collections, ImmutableArray<int> Thresholds, ImmutableArray<int> Counts);

/// <summary>Types, their numbers, and the larger containers at one moment, counted without a pause and without edges.</summary>
/// <param name="At">Since the start of the session.</param>
/// <param name="Types">By bytes, descending.</param>
/// <param name="Containers">The longest ones, bounded in number.</param>
/// <param name="ArenaBytes">Bytes of the runtime's small-object arenas.</param>
/// <param name="LiveBytes">Of those, in blocks that hold objects or buffers.</param>
/// <param name="Collector">Null where it could not be read.</param>
/// <param name="Coverage">What was not believed.</param>
public sealed record HeapCensus(
    TimeSpan At,
    ImmutableArray<TypeCount> Types,
    ImmutableArray<ContainerLength> Containers,
    long ArenaBytes,
    long LiveBytes,
    CollectorState? Collector,
    Coverage Coverage)
{
    /// <summary>Objects too large for the arenas that no list of the runtime leads to (long strings, bytes, code), estimated from
    /// a sample of references; the same places are sampled in every census, so that its changes mean something. Not in
    /// <see cref="Types"/>, which is exact.</summary>
    public ImmutableArray<TypeCount> LargeEstimates { get; init; } = [];
}
