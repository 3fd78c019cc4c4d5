using LeakySpanner.Analysis.Rhythm;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Analysis.Rhythm;

public sealed class PrecursorTests
{
    [Fact]
    public void What_is_rare_and_always_there_before_a_kill()
    {
        // Twelve kills in a day, twenty reports, twelve of them within a minute before.
        var found = Precursor.Of(seen: 12, inWindows: 12, total: 20, windows: 12, covered: 12 * 60, whole: 86_400, compared: 100).ShouldNotBeNull();

        (found.Windows, found.Among).ShouldBe((12, 12));
        found.Lift.ShouldBeInRange(150, 200);
    }

    [Fact]
    public void What_is_only_ever_seen_then() =>
        Precursor.Of(3, 3, 3, 3, 180, 86_400, 100).ShouldNotBeNull().Lift.ShouldBe(double.PositiveInfinity);

    [Theory]
    [InlineData(12, 1_200, 144_000, 12)] // as often as always
    [InlineData(2, 2, 2, 12)] // before two of twelve
    [InlineData(2, 2, 2, 2)] // two kills are none
    [InlineData(9, 9, 1_300, 12)] // about once a minute anyway
    public void Chance_does_that_as_well(int seen, long inWindows, long total, int windows) =>
        Precursor.Of(seen, inWindows, total, windows, windows * 60, 86_400, 100).ShouldBeNull();

    [Fact]
    public void Where_windows_are_all_there_is_nothing_can_be_compared() =>
        Precursor.Of(5, 50, 50, 5, 300, 320, 10).ShouldBeNull();

    [Fact]
    public void Of_a_thousand_things_that_have_nothing_to_do_with_kills_none_is_named()
    {
        var random = new Random(3);
        var named = 0;
        for (var thing = 0; thing < 1000; thing++)
        {
            var perDay = random.Next(1, 3000);
            var (seen, inWindows) = (0, 0L);
            for (var window = 0; window < 10; window++)
            {
                var count = 0;
                for (var i = 0; i < perDay; i++)
                    count += random.Next(1440) == 0 ? 1 : 0;
                seen += count > 0 ? 1 : 0;
                inWindows += count;
            }

            if (Precursor.Of(seen, inWindows, perDay, 10, 600, 86_400, 1000) is not null)
                named++;
        }

        named.ShouldBe(0);
    }
}
