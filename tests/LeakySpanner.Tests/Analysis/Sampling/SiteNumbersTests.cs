using LeakySpanner.Analysis.Sampling;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Analysis.Sampling;

public sealed class SiteNumbersTests
{
    [Fact]
    public void A_stack_has_a_number_for_every_thread()
    {
        var sites = new SiteNumbers();
        var (first, second) = (sites.NumberOf(5, 100), sites.NumberOf(5, 101));
        first.ShouldNotBe(second);
        sites.NumberOf(5, 100).ShouldBe(first);
        sites[second].ShouldBe((5, 101));
        sites.NumberOf(0, 0).ShouldBe(0);
    }

    [Fact]
    public void When_there_are_too_many_the_rest_has_no_name_but_still_counts()
    {
        var sites = new SiteNumbers();
        for (var thread = 1; thread < SiteNumbers.Most; thread++)
            sites.NumberOf(1, thread).ShouldBeLessThan(SiteNumbers.Most);
        sites.NumberOf(1, SiteNumbers.Most).ShouldBe(0);
        sites[0].ShouldBe((0, 0));
    }
}
