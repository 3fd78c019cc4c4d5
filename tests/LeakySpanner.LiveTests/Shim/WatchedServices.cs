using Xunit;

namespace LeakySpanner.LiveTests.Shim;

/// <summary>Tests that start servers, workers and sidecars run one after the other, and beside no others: two cores are few.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class WatchedServices
{
    public const string Name = "watched services";
}
