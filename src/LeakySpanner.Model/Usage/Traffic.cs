using System.Collections.Immutable;

namespace LeakySpanner.Model.Usage;

/// <summary>How many requests each route had finished at one moment.</summary>
/// <param name="At">Since the start of the session, on the clock of <see cref="MemorySample.At"/>.</param>
/// <param name="Finished">Since the first sample, by index in <see cref="Traffic.Routes"/>; shorter than it where routes came later.</param>
public readonly record struct TrafficSample(TimeSpan At, ImmutableArray<long> Finished);

/// <summary>Requests over time.</summary>
/// <param name="Routes">"GET /query/{q}".</param>
/// <param name="Samples">In order of time.</param>
/// <param name="Lost">Requests that were not recorded because nobody read the records in time.</param>
public sealed record Traffic(ImmutableArray<string> Routes, ImmutableArray<TrafficSample> Samples, long Lost);
