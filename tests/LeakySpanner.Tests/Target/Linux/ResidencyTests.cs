using LeakySpanner.Target.Linux;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Target.Linux;

public sealed class ResidencyTests
{
    private const ulong Start = 0x10_0000;
    private const ulong Page = 4096;

    [Fact]
    public void Parts_of_pages_count_with_their_bytes()
    {
        var pages = new FakePages { Absent = { Start + Page } };
        var residency = pages.Of((Start, Start + (4 * Page)));

        residency.ResidentBytes(new(Start + 100), new(Start + 200)).ShouldBe(100);
        residency.ResidentBytes(new(Start + Page), new(Start + Page + 50)).ShouldBe(0);
        residency.ResidentBytes(new(Start + 4000), new(Start + (2 * Page) + 10)).ShouldBe(96 + 10);
        residency.ResidentBytes(new(Start), new(Start + (4 * Page))).ShouldBe(3 * 4096);
        residency.ResidentBytes(new(Start - (9 * Page)), new(Start + (90 * Page))).ShouldBe(3 * 4096);
        residency.ResidentBytes(new(Start + (5 * Page)), new(Start + (6 * Page))).ShouldBe(0);
    }

    [Fact]
    public void Long_ranges_agree_with_their_pages()
    {
        var pages = new FakePages();
        for (var i = 0ul; i < 1000; i += 3)
            pages.Absent.Add(Start + (i * Page));
        var residency = pages.Of((Start, Start + (1000 * Page)));

        for (var first = 0ul; first < 200; first += 7)
        {
            var singly = Enumerable.Range((int)first, 700).Sum(i => residency.ResidentBytes(new(Start + ((ulong)i * Page)), new(Start + ((ulong)(i + 1) * Page))));
            residency.ResidentBytes(new(Start + (first * Page)), new(Start + ((first + 700) * Page))).ShouldBe(singly);
        }
    }

    [Fact]
    public void Pages_of_zeroes_that_reading_left_behind_are_not_resident()
    {
        var pages = new FakePages { Shared = { Start, Start + Page } };
        var region = FakePages.Region(Start, Start + (4 * Page));

        var withZeroes = new Residency([new ResidentRegion(region, 2 * 4096)], pages);
        var forked = new Residency([new ResidentRegion(region, 4 * 4096)], pages);

        withZeroes.IsResident(new(Start)).ShouldBeFalse();
        withZeroes.IsResident(new(Start + (2 * Page))).ShouldBeTrue();
        forked.IsResident(new(Start)).ShouldBeTrue();
        withZeroes.ResidentBytes(new(Start), new(Start + (3 * Page))).ShouldBe(4096);
        forked.ResidentBytes(new(Start), new(Start + (3 * Page))).ShouldBe(3 * 4096);
    }

    [Fact]
    public void Without_a_page_map_a_mapping_is_evenly_resident()
    {
        var pages = new FakePages { IsReadable = false };
        var residency = new Residency([new ResidentRegion(FakePages.Region(Start, Start + (4 * Page)), 2 * 4096)], pages);

        residency.ResidentBytes(new(Start), new(Start + (4 * Page))).ShouldBe(2 * 4096);
        residency.ResidentBytes(new(Start), new(Start + Page)).ShouldBe(2048);
    }

    [Fact]
    public void The_next_resident_page_is_found_across_mappings()
    {
        var pages = new FakePages();
        for (var i = 0ul; i < 100; i++)
            pages.Absent.Add(Start + (i * Page));
        var residency = pages.Of((Start, Start + (100 * Page)), (Start + (200 * Page), Start + (300 * Page)));

        residency.TryNextResident(new(Start), new(ulong.MaxValue), out var page).ShouldBeTrue();
        page.Value.ShouldBe(Start + (200 * Page));
        residency.TryNextResident(new(Start + (200 * Page) + 1), new(ulong.MaxValue), out page).ShouldBeTrue();
        page.Value.ShouldBe(Start + (201 * Page));
        residency.TryNextResident(new(Start), new(Start + (100 * Page)), out _).ShouldBeFalse();
    }
}
