using System.Collections.Immutable;

namespace LeakySpanner.Model.Usage;

/// <summary>A block of memory that was sampled when it was asked for, and has not been freed.</summary>
/// <param name="Address">Names it while it lives.</param>
/// <param name="Bytes">As asked for.</param>
/// <param name="Weight">Blocks of its kind for which it stands: unbiased.</param>
/// <param name="Time">CLOCK_MONOTONIC.</param>
/// <param name="Frames">Who asked for it: the outermost first; empty where no Python ran.</param>
/// <param name="Route">The request on whose behalf, or one of the words of <see cref="SampledRoute"/>.</param>
public sealed record SampledBlock(ulong Address, long Bytes, double Weight, TimeSpan Time, ImmutableArray<CallFrame> Frames, string Route)
{
    /// <summary>Bytes for which it stands.</summary>
    public double WeightBytes => Weight * Bytes;
}

/// <summary>Where a block belongs to no route that is known.</summary>
public static class SampledRoute
{
    /// <summary>Asked for outside of requests: at start-up, by a thread or task of the service's own.</summary>
    public const string None = "(no request)";

    /// <summary>By a request that has not ended yet, or ended before anybody wrote down which one it was.</summary>
    public const string Unfinished = "(unfinished requests)";

    public static bool IsRoute(string route) => route is not (None or Unfinished);
}
