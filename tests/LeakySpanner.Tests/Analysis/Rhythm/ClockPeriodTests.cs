using LeakySpanner.Analysis.Rhythm;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Analysis.Rhythm;

public sealed class ClockPeriodTests
{
    /// <summary>A Monday.</summary>
    private static readonly DateTime Start = new(2026, 3, 2, 0, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData(60, 0)]
    [InlineData(60, 37)]
    [InlineData(5, 3)]
    [InlineData(15, 0)]
    [InlineData(180, 20)]
    [InlineData(24 * 60, 3 * 60)]
    [InlineData(7 * 24 * 60, 26 * 60)]
    public void What_a_scheduler_starts_is_found_with_its_minute(int everyMinutes, int atMinute)
    {
        var random = new Random(1);
        var times = Enumerable.Range(0, 12).Select(i => Start.AddMinutes(atMinute + (i * (double)everyMinutes)).AddSeconds(random.Next(1, everyMinutes)).Ticks).ToList();

        var found = ClockPeriod.Of(times).ShouldNotBeNull();

        found.Period.ShouldBe(TimeSpan.FromMinutes(everyMinutes));
        found.Phase.TotalMinutes.ShouldBe(atMinute, everyMinutes / 50.0);
        (found.Events, found.Among).ShouldBe((12, 12));
    }

    [Fact]
    public void One_in_five_may_come_at_another_time()
    {
        var hourly = Enumerable.Range(0, 16).Select(i => Start.AddHours(i).AddSeconds(20).Ticks);
        long[] others = [Start.AddHours(3.3).Ticks, Start.AddHours(7.6).Ticks, Start.AddHours(11.45).Ticks];

        var found = ClockPeriod.Of(hourly.Concat(others)).ShouldNotBeNull();

        found.Period.ShouldBe(TimeSpan.FromHours(1));
        (found.Events, found.Among).ShouldBe((16, 19));
    }

    [Fact]
    public void A_leak_that_needs_61_minutes_to_the_limit_keeps_to_no_clock() =>
        ClockPeriod.Of(Enumerable.Range(0, 40).Select(i => Start.AddMinutes(i * 61.3).Ticks)).ShouldBeNull();

    [Fact]
    public void A_burst_is_no_rhythm() =>
        ClockPeriod.Of(Enumerable.Range(0, 20).Select(i => Start.AddSeconds(i * 7).Ticks)).ShouldBeNull();

    [Theory]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(20)]
    [InlineData(200)]
    public void Random_times_are_taken_for_a_rhythm_less_than_once_in_a_hundred(int events)
    {
        var random = new Random(events);
        var found = 0;
        for (var round = 0; round < 300; round++)
        {
            if (ClockPeriod.Of(Enumerable.Range(0, events).Select(_ => Start.AddDays(random.NextDouble() * 3).Ticks)) is not null)
                found++;
        }

        found.ShouldBeLessThanOrEqualTo(3);
    }
}
