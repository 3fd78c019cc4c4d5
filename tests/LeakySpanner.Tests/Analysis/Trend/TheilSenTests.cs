using LeakySpanner.Analysis.Trend;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Analysis.Trend;

public sealed class TheilSenTests
{
    [Fact]
    public void A_quarter_of_wild_points_does_not_move_the_slope()
    {
        double[] times = [.. Enumerable.Range(0, 40).Select(i => i / 10.0)];
        double[] values = [.. times.Select((time, i) => (3 * time) + (i % 4 == 1 ? 1000 * (i % 8 - 3) : 0))];

        TheilSen.Of(times, values).Slope.ShouldBe(3, 0.5);
    }

    [Fact]
    public void The_interval_is_wider_where_points_repeat_each_other()
    {
        var random = new Random(3);
        double[] times = [.. Enumerable.Range(0, 60).Select(i => (double)i)];
        double[] values = [.. times.Select(time => time + (10 * random.NextDouble()))];

        var independent = TheilSen.Of(times, values);
        var correlated = TheilSen.Of(times, values, correction: 4);

        (correlated.High - correlated.Low).ShouldBeGreaterThan(1.5 * (independent.High - independent.Low));
        correlated.Slope.ShouldBe(independent.Slope);
    }

    [Fact]
    public void Two_points_bound_nothing()
    {
        var slope = TheilSen.Of([0, 1], [5, 7]);

        slope.ShouldBe(new(2, double.NegativeInfinity, double.PositiveInfinity));
    }

    [Fact]
    public void Points_at_one_time_have_no_slope() => TheilSen.Of([1, 1, 1], [1, 2, 3]).Slope.ShouldBe(0);
}
