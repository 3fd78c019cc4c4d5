using System.Collections.Immutable;

namespace LeakySpanner.Model.Usage;

/// <summary>What a process has allocated and not freed since its sampling began, as far as samples tell: estimates without bias, whose relative
/// error is about 1/sqrt(samples).</summary>
/// <param name="Bytes">In all.</param>
/// <param name="Samples">On which that stands.</param>
/// <param name="MeanBytes">Mean distance of two samples.</param>
/// <param name="Sites">By bytes, descending, bounded in number.</param>
/// <param name="Endpoints">By bytes, descending; with the words of <see cref="SampledRoute"/> where it was no known request.</param>
public sealed record LiveAllocations(double Bytes, long Samples, long MeanBytes, ImmutableArray<LiveSite> Sites, ImmutableArray<LiveEndpoint> Endpoints);

/// <param name="File">Of the innermost Python function; the library's name where no Python ran; empty where nothing is known.</param>
/// <param name="Line">From 1; 0 where it is not known.</param>
/// <param name="Function">Its name.</param>
/// <param name="Bytes">Estimate.</param>
/// <param name="Blocks">Estimate.</param>
/// <param name="Samples">On which they stand.</param>
public sealed record LiveSite(string File, int Line, string Function, double Bytes, double Blocks, long Samples);

/// <param name="Route">"GET /query/{q}".</param>
/// <param name="Bytes">Estimate.</param>
/// <param name="Blocks">Estimate.</param>
/// <param name="Samples">On which they stand.</param>
/// <param name="Sites">Where most of it was asked for, by bytes, descending.</param>
public sealed record LiveEndpoint(string Route, double Bytes, double Blocks, long Samples, ImmutableArray<LiveSite> Sites);
