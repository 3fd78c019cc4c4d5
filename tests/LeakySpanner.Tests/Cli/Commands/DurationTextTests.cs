using LeakySpanner.Commands;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Cli.Commands;

public sealed class DurationTextTests
{
    [Theory]
    [InlineData("60", 60)]
    [InlineData("60s", 60)]
    [InlineData("2m", 120)]
    [InlineData("1.5h", 5400)]
    [InlineData("500ms", 0.5)]
    [InlineData("0.25", 0.25)]
    public void A_number_with_an_optional_unit(string text, double seconds)
    {
        DurationText.TryParse(text, out var duration).ShouldBeTrue();
        duration.TotalSeconds.ShouldBe(seconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("1e9")]
    [InlineData("99999999")]
    [InlineData("NaN")]
    [InlineData("∞")]
    [InlineData("60 s")]
    [InlineData("1,5")]
    [InlineData("soon")]
    public void Anything_else_is_refused(string text) => DurationText.TryParse(text, out _).ShouldBeFalse();
}
