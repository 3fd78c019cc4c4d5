using System.Collections.Immutable;
using LeakySpanner.Analysis.Attribution;
using LeakySpanner.Model;
using LeakySpanner.Model.Usage;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Analysis.Attribution;

public sealed class RequestRegressionTests
{
    [Fact]
    public void The_route_that_leaves_memory_behind_is_told_from_the_one_that_does_not()
    {
        var (memory, traffic) = Service(seconds: 30, (i, random) => (random.Next(20, 60), random.Next(20, 60)), guilty: 4096, background: 0);

        var costs = RequestRegression.Fit(memory.AsSpan(), traffic);

        costs.Routes.Length.ShouldBe(2);
        costs.Routes[0].Route.ShouldBe("GET /guilty");
        costs.Routes[0].BytesPerRequest.ShouldBeInRange(3900, 4300);
        costs.Routes[0].Low.ShouldBeInRange(3500, 4096);
        costs.Routes[0].High.ShouldBeInRange(4096, 4700);
        costs.Routes[1].IsLeaking.ShouldBeFalse();
        costs.Routes[0].ShareOfGrowth!.Value.ShouldBeGreaterThan(0.9);
    }

    [Fact]
    public void Routes_that_are_always_called_together_are_not_told_apart()
    {
        var (memory, traffic) = Service(
            seconds: 30,
            (i, random) =>
            {
                var both = random.Next(20, 60);
                return (both, both);
            },
            guilty: 4096,
            background: 0);

        var costs = RequestRegression.Fit(memory.AsSpan(), traffic);

        costs.Routes.ShouldAllBe(cost => !cost.IsLeaking && cost.High > 4096 && cost.ShareOfGrowth == null);
        costs.Routes.ShouldAllBe(cost => cost.BytesPerRequest > 1900 && cost.BytesPerRequest < 2200, "each gets what either leaves on average");
        costs.Notes.ShouldHaveSingleItem().ShouldContain("cannot be told apart");
    }

    [Fact]
    public void Too_little_says_nothing()
    {
        var (memory, traffic) = Service(seconds: 4, (i, random) => (30, 30), guilty: 4096, background: 0);

        var costs = RequestRegression.Fit(memory.AsSpan(), traffic);

        (costs.Routes.Length, costs.Intervals).ShouldBe((0, 0));
        costs.Notes.ShouldHaveSingleItem();
        RequestRegression.Fit([], new Traffic([], [], 0)).Intervals.ShouldBe(0);
    }

    private static (ImmutableArray<MemorySample> Memory, Traffic Traffic) Service(
        double seconds, Func<int, Random, (int Guilty, int Innocent)> requests, double guilty, double background)
    {
        var random = new Random(7);
        var memory = ImmutableArray.CreateBuilder<MemorySample>();
        var samples = ImmutableArray.CreateBuilder<TrafficSample>();
        var (a, b) = (0L, 0L);
        for (var i = 0; i * 0.05 < seconds; i++)
        {
            var at = TimeSpan.FromSeconds(i * 0.05);
            var bytes = (50 << 20) + (guilty * a) + (background * at.TotalSeconds) + random.Next(0, 64 << 10);
            var size = new ByteSize((long)bytes / 4096 * 4096);
            memory.Add(new(at, size, size, ByteSize.Zero, size));
            samples.Add(new(at, [a, b]));
            var (more, others) = requests(i, random);
            (a, b) = (a + more, b + others);
        }

        return (memory.ToImmutable(), new Traffic(["GET /guilty", "GET /innocent"], samples.ToImmutable(), 0));
    }
}
