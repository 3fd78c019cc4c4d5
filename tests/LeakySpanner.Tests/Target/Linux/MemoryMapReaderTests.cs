using LeakySpanner.Model;
using LeakySpanner.Model.Heap;
using LeakySpanner.Model.Usage;
using LeakySpanner.Target.Linux;
using LeakySpanner.Testing.Recording;
using LeakySpanner.Tests.Target.Elf;
using LeakySpanner.Tests.Target.Malloc;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Target.Linux;

public sealed class MemoryMapReaderTests
{
    private const ulong Library = 0x7f00_0000_0000;

    [Fact]
    public void Names_in_maps_decide_first()
    {
        var map = Read(
            """
            10000-20000 r-xp 0 00:01 5 /usr/bin/python3
            30000-40000 rw-p 0 00:00 0 [heap]
            50000-60000 rw-s 0 00:01 6 /dev/shm/ring
            60000-70000 rw-s 0 00:01 7 /memfd:x (deleted)
            70000-80000 r--s 0 00:01 8 /var/data.bin
            80000-90000 rw-p 0 00:00 0
            90000-a0000 rw-p 0 00:00 0 [stack]
            a0000-b0000 r-xp 0 00:00 0 [vdso]
            """);

        map.Ranges.Select(range => range.Kind).ShouldBe(
        [
            RangeKind.File, RangeKind.Malloc, RangeKind.Shared, RangeKind.Shared, RangeKind.File, RangeKind.Anonymous, RangeKind.Stack, RangeKind.File,
        ]);
        map.Ranges.Sum(range => range.ResidentBytes).ShouldBe(8 * 0x10000);
    }

    [Fact]
    public void Zeroed_data_of_a_library_ends_where_its_header_says_even_if_the_kernel_merged_more_to_it()
    {
        // The writable segment is linked at 0x3000 with 0x2900 bytes: it ends in the page up to 0x6000.
        var map = Read(
            $"""
            {Library:x}-{Library + 0x1000:x} r-xp 0 00:01 5 /usr/lib/libx.so
            {Library + 0x3000:x}-{Library + 0x4000:x} rw-p 1000 00:01 5 /usr/lib/libx.so
            {Library + 0x4000:x}-{Library + 0x20000:x} rw-p 0 00:00 0
            {Library + 0x20000:x}-{Library + 0x30000:x} rw-s 0 00:00 0
            """,
            new RecordedMemory().Add(new Address(Library), new ElfFile([]).Bytes));

        map.Ranges.Select(range => (range.Start.Value - Library, range.Kind)).ShouldBe(
        [
            (0ul, RangeKind.File), (0x3000ul, RangeKind.File), (0x4000ul, RangeKind.File), (0x6000ul, RangeKind.Anonymous), (0x20000ul, RangeKind.Shared),
        ]);
        map.Ranges[2].Name.ShouldBe("/usr/lib/libx.so");
    }

    [Fact]
    public void Arenas_stacks_and_mapped_chunks_are_cut_out_of_one_merged_mapping()
    {
        var image = new HeapImage(0x100000, 0x100000).Mapped(0x80000, 0x21000);

        var map = Read(
            "100000-200000 rw-p 0 00:00 0\n200000-300000 r-xp 0 00:01 5 /x\n",
            image.Memory,
            arenas: [new(new(0x140000), new(0x160000)), new(new(0x1f0000), new(0x250000))],
            stacks: [new(new(0x100000), new(0x110000))]);

        map.Ranges.Select(range => (range.Start.Value, range.Kind)).ShouldBe(
        [
            (0x100000ul, RangeKind.Stack),
            (0x110000ul, RangeKind.Anonymous),
            (0x140000ul, RangeKind.Arena),
            (0x160000ul, RangeKind.Anonymous),
            (0x180000ul, RangeKind.Malloc),
            (0x1a1000ul, RangeKind.Anonymous),
            (0x1f0000ul, RangeKind.Arena),
            (0x200000ul, RangeKind.File),
        ]);
        map.Malloc.InUseBytes.ShouldBe(0x21000);
        map.Ranges.Sum(range => range.ResidentBytes).ShouldBe(0x200000);
        for (var i = 1; i < map.Ranges.Length; i++)
            map.Ranges[i].Start.ShouldBe(map.Ranges[i - 1].End);
    }

    /// <summary>The bytes look like glibc's, and must not be taken for it.</summary>
    [Theory]
    [InlineData("/lib/ld-musl-x86_64.so.1")]
    [InlineData("/usr/lib/libjemalloc.so.2")]
    public void What_nobody_claims_is_the_allocators_where_its_headers_cannot_be_read(string library)
    {
        var image = new HeapImage(0x100000, 0x100000).Mapped(0x80000, 0x21000);

        var map = Read(
            $"100000-200000 rw-p 0 00:00 0\n200000-300000 r-xp 0 00:01 5 {library}\n", image.Memory, arenas: [new(new(0x140000), new(0x160000))]);

        map.Ranges.Select(range => (range.Start.Value, range.Kind)).ShouldBe(
        [
            (0x100000ul, RangeKind.Malloc), (0x140000ul, RangeKind.Arena), (0x160000ul, RangeKind.Malloc), (0x200000ul, RangeKind.File),
        ]);
        map.Malloc.ShouldBe(default(MallocUsage));
    }

    [Fact]
    public void Counters_follow_their_mapping_in_smaps()
    {
        var regions = Smaps.Parse("1000-3000 rw-p 0 00:00 0\nSize: 8 kB\nRss:                   4 kB\nVmFlags: rd wr\n5000-6000 r--p 0 00:01 5 /x\nRss: 0 kB\n");

        regions.Select(region => (region.Region.Start.Value, region.Rss)).ShouldBe([(0x1000ul, 4096L), (0x5000ul, 0L)]);
    }

    [Fact]
    public void Nothing_mapped_is_an_empty_map() => Read("").Ranges.ShouldBeEmpty();

    private static MemoryMap Read(
        string maps, RecordedMemory? memory = null, IReadOnlyList<AddressRange>? arenas = null, IReadOnlyList<AddressRange>? stacks = null)
    {
        ResidentRegion[] regions = [.. ProcMaps.Parse(maps).Select(region => new ResidentRegion(region, null))];
        return MemoryMapReader.Read(
            regions, memory ?? new RecordedMemory(), new Residency(regions, new FakePages()), arenas ?? [], stacks ?? [], ByteSize.Zero);
    }
}
