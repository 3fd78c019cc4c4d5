using LeakySpanner.Analysis.Trend;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Analysis.Trend;

public sealed class CountTrendTests
{
    [Fact]
    public void Steady_growth_is_measured_per_minute()
    {
        var trend = Of(100, 110, 120, 130, 140, 150);

        trend.PerMinute.ShouldBe(60, 1e-6);
        trend.MonotoneShare.ShouldBe(1);
        trend.Growth.ShouldBe(50);
        trend.Grows.ShouldBeTrue();
    }

    [Fact]
    public void What_comes_and_goes_does_not_grow()
    {
        var trend = Of(10, 90, 12, 88, 11, 91, 12);

        trend.MonotoneShare.ShouldBeLessThan(0.55);
        trend.Grows.ShouldBeFalse();
    }

    [Theory]
    [InlineData(0, 60, 90, 100, 100, 100, 100)]
    [InlineData(0, 500, 900, 1000, 1010, 1012, 1013)]
    public void A_bound_that_is_reached_is_seen(params int[] counts)
    {
        var trend = Of([.. counts.Select(count => (double)count)]);

        trend.Saturates.ShouldBeTrue();
        trend.Grows.ShouldBeFalse();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Fewer_than_two_points_say_nothing(int points)
    {
        var trend = Of([.. Enumerable.Repeat(5.0, points)]);

        trend.Points.ShouldBe(points);
        trend.Grows.ShouldBeFalse();
        trend.Low.ShouldBe(double.NegativeInfinity);
    }

    [Fact]
    public void Points_that_go_back_in_time_or_are_no_numbers_are_dropped()
    {
        var trend = CountTrend.Of([(TimeSpan.FromMinutes(1), 1), (TimeSpan.FromMinutes(0), 900), (TimeSpan.FromMinutes(2), double.NaN), (TimeSpan.FromMinutes(3), 5)]);

        trend.Points.ShouldBe(2);
        trend.PerMinute.ShouldBe(2);
    }

    /// <summary>A census every 10 seconds.</summary>
    private static CountTrend Of(params double[] counts) => CountTrend.Of(counts.Select((count, i) => (TimeSpan.FromSeconds(10 * i), count)));
}
