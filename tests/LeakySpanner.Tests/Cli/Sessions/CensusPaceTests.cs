using LeakySpanner.Sessions;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Cli.Sessions;

public sealed class CensusPaceTests
{
    private static readonly CensusPace Minute = new(TimeSpan.FromSeconds(60));

    [Fact]
    public void An_expensive_census_is_rare() => Minute.After(TimeSpan.FromSeconds(0.4)).ShouldBe(TimeSpan.FromSeconds(8));

    [Fact]
    public void A_cheap_one_is_not_taken_without_end() => Minute.After(TimeSpan.FromMilliseconds(1)).ShouldBe(TimeSpan.FromSeconds(1));

    [Fact]
    public void However_dear_there_are_a_few() => Minute.After(TimeSpan.FromSeconds(5)).ShouldBe(TimeSpan.FromSeconds(10));

    [Fact]
    public void A_very_short_session_keeps_a_distance() =>
        new CensusPace(TimeSpan.FromMilliseconds(100)).After(TimeSpan.FromMilliseconds(1)).ShouldBe(TimeSpan.FromMilliseconds(250));
}
