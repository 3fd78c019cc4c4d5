using LeakySpanner.Analysis.Trend;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Analysis.Trend;

public sealed class SeverityTableTests
{
    [Theory]
    [InlineData(0.5, null, "Low")]
    [InlineData(1, null, "Medium")]
    [InlineData(12.3, 41, "High")]
    [InlineData(100, null, "Critical")]
    [InlineData(0.2, 9, "Critical")]
    [InlineData(0.2, 59, "High")]
    [InlineData(0.2, 1000, "Medium")]
    [InlineData(5, 60 * 24 * 31, "Low")]
    public void Pace_and_time_that_is_left_decide(double megabytesPerMinute, int? minutesLeft, string severity)
    {
        TimeSpan? left = minutesLeft is { } minutes ? TimeSpan.FromMinutes(minutes) : null;

        SeverityTable.Of(megabytesPerMinute, left).ToString().ShouldBe(severity);
    }
}
