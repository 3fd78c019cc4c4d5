using FsCheck;
using FsCheck.Fluent;
using LeakySpanner.Analysis.Balance;
using LeakySpanner.Model;
using LeakySpanner.Model.Usage;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Analysis.Balance;

public sealed class BalanceSheetTests
{
    private const long MB = ByteSize.MB;

    [Fact]
    public void Every_reading_stands_on_its_line_and_the_rest_is_unexplained()
    {
        var map = Map(
            rss: 1000 * MB,
            new(InUseBytes: 300 * MB, FreeBytes: 20 * MB, Heaps: 2, Faults: 0),
            (RangeKind.Arena, 500), (RangeKind.Malloc, 325), (RangeKind.File, 60), (RangeKind.Stack, 8), (RangeKind.Shared, 3), (RangeKind.Anonymous, 90));

        var sheet = BalanceSheet.Of(map, new(ArenaLiveBytes: 450 * MB, ArenaFreeBytes: 200 * MB, LargeBytes: 180 * MB));

        Lines(sheet).ShouldBe(new Dictionary<string, long>
        {
            ["python_objects"] = 630 * MB,
            ["python_free"] = 50 * MB,
            ["malloc_native"] = 120 * MB,
            ["malloc_free"] = 20 * MB,
            ["files"] = 60 * MB,
            ["stacks"] = 8 * MB,
            ["shared"] = 3 * MB,
            ["unexplained"] = 109 * MB,
        });
        sheet.Notes.ShouldBeEmpty();
    }

    [Fact]
    public void Buffers_that_were_never_written_cost_both_owners_the_same_share()
    {
        var map = Map(100 * MB, new(InUseBytes: 200 * MB, FreeBytes: 10 * MB, Heaps: 1, Faults: 0), (RangeKind.Malloc, 60));

        var lines = Lines(BalanceSheet.Of(map, new(0, 0, LargeBytes: 120 * MB)));

        lines["malloc_free"].ShouldBe(10 * MB);
        lines["python_objects"].ShouldBe(30 * MB);
        lines["malloc_native"].ShouldBe(20 * MB);
    }

    [Fact]
    public void Large_objects_beyond_what_malloc_holds_are_not_believed()
    {
        var map = Map(100 * MB, new(InUseBytes: 50 * MB, FreeBytes: 0, Heaps: 1, Faults: 0), (RangeKind.Malloc, 50));

        var sheet = BalanceSheet.Of(map, new(0, 0, LargeBytes: 80 * MB));

        Lines(sheet)["python_objects"].ShouldBe(50 * MB);
        Lines(sheet)["malloc_native"].ShouldBe(0);
        sheet.Notes.ShouldHaveSingleItem().ShouldContain("30 MB more than malloc says");
    }

    [Fact]
    public void Under_another_allocator_large_objects_are_found_in_unclaimed_memory()
    {
        var map = Map(100 * MB, default, (RangeKind.Anonymous, 90));

        var lines = Lines(BalanceSheet.Of(map, new(0, 0, LargeBytes: 70 * MB)));

        lines["python_objects"].ShouldBe(70 * MB);
        lines["unexplained"].ShouldBe(30 * MB);
    }

    [Fact]
    public void Live_objects_that_are_swapped_out_are_not_resident()
    {
        var map = Map(100 * MB, default, (RangeKind.Arena, 60));

        var sheet = BalanceSheet.Of(map, new(ArenaLiveBytes: 75 * MB, ArenaFreeBytes: 0, LargeBytes: 0));

        Lines(sheet)["python_objects"].ShouldBe(60 * MB);
        Lines(sheet)["python_free"].ShouldBe(0);
        sheet.Notes.ShouldHaveSingleItem().ShouldContain("15 MB");
    }

    [Fact]
    public void Ranges_that_outgrew_the_resident_size_are_reduced_and_that_is_said()
    {
        var map = Map(90 * MB, default, (RangeKind.File, 50), (RangeKind.Stack, 50));

        var sheet = BalanceSheet.Of(map, default);

        Lines(sheet)["files"].ShouldBe(45 * MB);
        Lines(sheet)["stacks"].ShouldBe(45 * MB);
        sheet.Notes.ShouldHaveSingleItem().ShouldContain("10 MB more than the resident size");
    }

    /// <summary>Sizes of every magnitude and sign, because any of them may come from a process that lies.</summary>
    [Fact]
    public void Any_readings_add_up_to_the_resident_size_without_a_negative_line()
    {
        var size = Gen.Frequency(
            (4, Gen.Choose(0, 2_000_000_000).Select(value => (long)value)),
            (1, Gen.Choose(-1000, 1000).Select(value => (long)value)),
            (1, Gen.Elements(long.MinValue, long.MaxValue, long.MaxValue - 1, 1L << 52, (1L << 58) + 1)));
        var ranges = Gen.ArrayOf(Gen.Zip(Gen.Elements(Enum.GetValues<RangeKind>()), size));
        var sizes = Gen.ArrayOf(size, 6);

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(Arb.From(Gen.Zip(ranges, sizes)), input =>
        {
            var (parts, s) = input;
            var map = new MemoryMap(
                [.. parts.Select(part => new MemoryRange(Address.Null, Address.Null, part.Item1, "", part.Item2))],
                new(s[0], s[1], (int)(s[0] & 3), 0),
                new(s[2]));

            var lines = BalanceSheet.Draw(map, new(s[3], s[4], s[5]));

            lines.ShouldAllBe(line => line.Bytes >= 0);
            lines.Sum(line => line.Bytes).ShouldBe(Math.Max(0, s[2]));
            lines.Select(line => line.Name).ShouldBeUnique();
        }));
    }

    private static Dictionary<string, long> Lines(BalanceSheet sheet) => sheet.Lines.ToDictionary(line => line.Name, line => line.Bytes);

    private static MemoryMap Map(long rss, MallocUsage malloc, params (RangeKind Kind, long MB)[] ranges) => new(
        [.. ranges.Select(range => new MemoryRange(Address.Null, Address.Null, range.Kind, "", range.MB * MB))], malloc, new(rss));
}
