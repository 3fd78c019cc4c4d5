using LeakySpanner.Model.Findings;
using LeakySpanner.Sidecar.Costs;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Cli.Sidecar.Costs;

public sealed class CostMergeTests
{
    [Fact]
    public void One_worker_speaks_for_itself()
    {
        CostMerge.Of([]).ShouldBeNull();
        var only = Costs(new RouteCost("GET /", 5, 100, 90, 110, 0.5));
        CostMerge.Of([only]).ShouldBeSameAs(only);
        CostMerge.Of([only, new RouteCosts([], null, 0, ["too little"])]).ShouldBeSameAs(only);
    }

    [Fact]
    public void Workers_count_by_their_requests_and_agreeing_ones_are_surer_together()
    {
        var merged = CostMerge.Of(
        [
            Costs(new RouteCost("GET /leak", 300, 4000, 3800, 4200, 1), new RouteCost("GET /ok", 300, 0, -50, 50, 0)),
            Costs(new RouteCost("GET /leak", 100, 4400, 4000, 4800, 1)),
        ])!;

        var leak = merged.Routes[0];
        (leak.Route, leak.Requests, leak.BytesPerRequest).ShouldBe(("GET /leak", 400L, 4100.0));
        leak.Low.ShouldBe(4100 - (Math.Sqrt((60_000.0 * 60_000) + (40_000.0 * 40_000)) / 400), 1e-6);
        (leak.High - leak.Low).ShouldBeLessThan(400);
        leak.ShareOfGrowth.ShouldBe(1);
        merged.Routes[1].IsLeaking.ShouldBeFalse();
        (merged.BackgroundBytesPerMinute, merged.Intervals).ShouldBe((20.0, 60));
    }

    private static RouteCosts Costs(params RouteCost[] routes) => new([.. routes], 10, 30, []);
}
