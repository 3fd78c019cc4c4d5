using LeakySpanner.Analysis.Sampling;
using LeakySpanner.Model.Usage;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Analysis.Sampling;

public sealed class LiveTallyTests
{
    private const long Mean = 131_072;

    private static readonly CallFrame Serve = new("serve", "/app/main.py", 7);
    private static readonly CallFrame Fill = new("fill", "/app/cache.py", 42);
    private static readonly CallFrame Library = new("libz.so.1", "", 0);

    [Fact]
    public void Lines_and_endpoints_are_added_up()
    {
        var live = LiveTally.Of(
        [
            Block(4096, "GET /a", Serve, Fill), Block(4096, "GET /a", Serve, Fill), Block(4096, "GET /b", Serve, Fill),
            Block(4096, SampledRoute.None, Serve), Block(1 << 20, "GET /b", Library), Block(8192, "GET /a", Serve, Fill, Library),
        ],
            Mean);

        live.Samples.ShouldBe(6);
        live.Sites.Select(site => (site.File, site.Line, site.Samples)).ShouldBe([("libz.so.1", 0, 1L), ("/app/cache.py", 42, 4L), ("/app/main.py", 7, 1L)]);
        live.Endpoints.Select(endpoint => (endpoint.Route, endpoint.Samples)).ShouldBe([("GET /b", 2L), ("GET /a", 3L), (SampledRoute.None, 1L)]);
        live.Endpoints[1].Sites.ShouldHaveSingleItem().Function.ShouldBe("fill");
        live.Endpoints.Sum(endpoint => endpoint.Bytes).ShouldBe(live.Bytes, 1e-6);
    }

    /// <summary>A block that is surely sampled stands for itself, a tiny one for as many bytes as lie between two samples.</summary>
    [Theory]
    [InlineData(1L << 30, 1L << 30)]
    [InlineData(1, 131_072.5)]
    [InlineData(131_072, 207_352)]
    public void A_sample_stands_for_what_was_not_sampled(long bytes, double expected) =>
        (LiveTally.Weight(bytes, Mean) * bytes).ShouldBe(expected, 1);

    /// <summary>Where sizes differ a thousandfold, and most blocks are never sampled, the estimate is right on average.</summary>
    [Fact]
    public void The_estimate_has_no_bias()
    {
        var random = new Random(5);
        var (truth, estimate) = (0.0, 0.0);
        var left = Distance(random);
        for (var i = 0; i < 400_000; i++)
        {
            long bytes = i % 3 == 0 ? 60_000 : 48 + random.Next(2000);
            truth += bytes;
            if ((left -= bytes) >= 0)
                continue;
            left = Distance(random);
            estimate += LiveTally.Weight(bytes, Mean) * bytes;
        }

        (estimate / truth).ShouldBe(1, 0.02);
    }

    [Fact]
    public void Nothing_is_nothing() => LiveTally.Of([], Mean).ShouldBe(new LiveAllocations(0, 0, Mean, [], []), new Same());

    private static double Distance(Random random) => -Math.Log(1 - random.NextDouble()) * Mean;

    private static SampledBlock Block(long bytes, string route, params CallFrame[] frames) =>
        new(0x1000, bytes, LiveTally.Weight(bytes, Mean), TimeSpan.Zero, [.. frames], route);

    private sealed class Same : IEqualityComparer<LiveAllocations>
    {
        public bool Equals(LiveAllocations? x, LiveAllocations? y) => x!.Bytes.Equals(y!.Bytes) && x.Samples == y.Samples && x.Sites.IsEmpty && x.Endpoints.IsEmpty;

        public int GetHashCode(LiveAllocations obj) => 0;
    }
}
