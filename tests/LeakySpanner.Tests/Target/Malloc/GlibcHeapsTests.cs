using FsCheck;
using FsCheck.Fluent;
using LeakySpanner.Model;
using LeakySpanner.Model.Heap;
using LeakySpanner.Model.Usage;
using LeakySpanner.Target.Malloc;
using LeakySpanner.Tests.Target.Linux;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Target.Malloc;

public sealed class GlibcHeapsTests
{
    private const ulong Brk = 0x55_5555_0000;
    private const ulong Aligned = 0x7f12_3400_0000;

    [Fact]
    public void Chunks_are_in_use_if_their_successors_say_so()
    {
        var heap = new HeapImage(Brk, 0x10000).Chunks(0, (0x290, true), (0x40, false), (0x1000, true), (0x20, true));

        OnBrk(heap).Measure().ShouldBe(new MallocUsage(0x290 + 0x1000 + 0x20, 0x10000 - 0x290 - 0x1000 - 0x20, 1, 0));
    }

    [Fact]
    public void What_is_in_use_is_shown_to_a_visitor_with_its_header()
    {
        var heap = new HeapImage(Brk, 0x1000).Chunks(0, (0x30, true), (0x40, false), (0x50, true));
        var seen = new List<MallocChunk>();

        OnBrk(heap).VisitInUse(seen.Add);

        seen.ShouldBe([new(new Address(Brk), 0x30, true), new(new Address(Brk + 0x70), 0x50, true)]);
    }

    [Fact]
    public void Free_memory_that_is_not_resident_is_not_counted()
    {
        var heap = new HeapImage(Brk, 0x10000).Chunks(0, (0x30, true));
        var pages = new FakePages();
        for (var page = Brk + 0x1000; page < Brk + 0x10000; page += 0x1000)
            pages.Absent.Add(page);

        GlibcHeaps.Find(heap.Memory, pages.Of((Brk, heap.End)), [Range(Brk, heap.End)], []).Measure().FreeBytes.ShouldBe(0x1000 - 0x30);
    }

    [Theory]
    [InlineData(0x18)]
    [InlineData(0x38)]
    [InlineData(0x7f12_3456_7890_1230)]
    [InlineData(-0x10)]
    [InlineData(0x42)]
    public void A_header_that_makes_no_sense_stops_that_heap_alone(long size)
    {
        var broken = new HeapImage(Brk, 0x4000).Chunks(0, (0x1000, true), (0x1000, true)).Word(0x1008, (ulong)size | 1);
        var sound = new HeapImage(Brk + 0x10_0000, 0x1000).Chunks(0, (0x40, true));
        var memory = broken.Memory.Add(new Address(sound.Start), sound.Bytes);

        var usage = GlibcHeaps.Find(
            memory, FakePages.AllResident((Brk, broken.End), (sound.Start, sound.End)), [Range(Brk, broken.End), Range(sound.Start, sound.End)], []).Measure();

        // The chunk before the broken header is judged by it, so it is not believed either.
        usage.Faults.ShouldBe(1);
        usage.Heaps.ShouldBe(2);
        usage.FreeBytes.ShouldBe(0x1000 - 0x40);
        (usage.InUseBytes + usage.FreeBytes).ShouldBe(0x4000 + 0x1000);
    }

    [Fact]
    public void A_heap_that_grew_while_we_looked_is_no_fault()
    {
        var heap = new HeapImage(Brk, 0x4000).Chunks(0, (0x100, true)).Header(0x100, 0x4000 - 0x100 + 0x21000, true);

        OnBrk(heap).Measure().ShouldBe(new MallocUsage(0x100, 0x4000 - 0x100, 1, 0));
    }

    [Theory]
    [InlineData(0x30)]
    [InlineData(0x20)]
    public void A_thread_arena_is_found_by_its_alignment_and_header(int infoBytes)
    {
        // 0x8a0 bytes of arena state lie between the info and the first chunk.
        var first = infoBytes + 0x8a0;
        var heap = new HeapImage(Aligned, 0x21000)
            .Info(0, Aligned + (ulong)infoBytes, 0, 0x20000, 0x21000)
            .Chunks(first, 0x20000, (0x290, true), (0x500, false), (0x40, true));

        var found = Anonymous(heap);

        found.Heaps.ShouldBe([new(MallocHeapKind.Arena, new(Aligned), new(Aligned + (ulong)first), new(Aligned + 0x20000), new(Aligned + 0x21000))]);
        found.Measure().ShouldBe(new MallocUsage(0x290 + 0x40, 0x20000 - first - 0x290 - 0x40, 1, 0));
    }

    [Fact]
    public void A_second_heap_of_an_arena_has_chunks_from_its_start_and_a_fence_at_its_end()
    {
        var heap = new HeapImage(Aligned, 0x20000)
            .Info(0, Aligned - HeapAlignment + 0x30, Aligned - HeapAlignment, 0x20000, 0x20000)
            .Chunks(0x30, 0x20000 - 0x20, (0x400, true), (0x20000 - 0x450, false))
            .Word(0x20000 - 0x20 + 8, 0x10)
            .Word(0x20000 - 0x10 + 8, 0x1);

        Anonymous(heap).Measure().ShouldBe(new MallocUsage(0x400, 0x20000 - 0x450, 1, 0));
        heap.Word(0x20000 - 0x20 + 8, 0x11);
        Anonymous(heap).Measure().ShouldBe(new MallocUsage(0x20000 - 0x50, 0, 1, 0));
    }

    [Fact]
    public void Mapped_chunks_are_found_side_by_side_and_across_heap_boundaries()
    {
        var heap = new HeapImage(Aligned - 0x50000, 0x90000).Mapped(0, 0x21000).Mapped(0x21000, 0x60000);

        var found = Anonymous(heap);

        found.Heaps.Select(chunk => (chunk.Start.Value, chunk.End - chunk.Start)).ShouldBe([(heap.Start, 0x21000), (heap.Start + 0x21000, 0x60000)]);
        found.Measure().ShouldBe(new MallocUsage(0x81000, 0, 2, 0));
    }

    [Theory]
    [InlineData(0x21000 | 3)]
    [InlineData(0x21010 | 2)]
    [InlineData(0x2)]
    [InlineData(0x200000 | 2)]
    public void Other_words_are_no_mapped_chunks(int word) =>
        Anonymous(new HeapImage(Aligned - 0x100000, 0x40000).Word(8, (ulong)word)).Heaps.ShouldBeEmpty();

    [Fact]
    public void Pages_that_are_not_resident_are_never_read()
    {
        var heap = new HeapImage(Aligned, 0x40000).Mapped(0, 0x40000);
        var pages = new FakePages();
        for (var page = heap.Start; page < heap.End; page += 0x1000)
            pages.Absent.Add(page);
        var memory = heap.Memory;

        GlibcHeaps.Find(memory, pages.Of((heap.Start, heap.End)), [], [Range(heap.Start, heap.End)]).Heaps.ShouldBeEmpty();

        memory.Reads.ShouldBe(0);
    }

    [Fact]
    public void Headers_cost_one_read_per_window_not_one_each()
    {
        var heap = new HeapImage(Brk, 1 << 20).Chunks(0, [.. Enumerable.Repeat((0x20, true), (1 << 15) - 1)]);
        var memory = heap.Memory;

        GlibcHeaps.Find(memory, FakePages.AllResident((Brk, heap.End)), [Range(Brk, heap.End)], []).Measure().InUseBytes.ShouldBe((1 << 20) - 0x20);

        memory.Reads.ShouldBeInRange(16, 20);
    }

    [Fact]
    public void Any_word_overwritten_leaves_sums_within_the_heap()
    {
        var cases =
            from offset in Gen.Choose(0, (0x8000 / 8) - 1)
            from word in ArbMap.Default.GeneratorFor<ulong>()
            select (offset, word);

        Prop.ForAll(cases.ToArbitrary(), change =>
        {
            var heap = new HeapImage(Brk, 0x8000).Chunks(0, [.. Enumerable.Range(2, 60).Select(i => (i * 16, i % 3 != 0))]);
            var usage = OnBrk(heap.Word(change.offset * 8, change.word)).Measure();
            return usage.InUseBytes >= 0 && usage.FreeBytes >= 0 && usage.InUseBytes + usage.FreeBytes <= 0x8000;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));
    }

    [Fact]
    public void Any_bytes_end_the_walk()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
        {
            var heap = new HeapImage(Aligned, 0x4000);
            (bytes ?? []).AsSpan(0, Math.Min(bytes?.Length ?? 0, 0x4000)).CopyTo(heap.Bytes);
            var usage = GlibcHeaps.Find(heap.Memory, FakePages.AllResident((heap.Start, heap.End)), [Range(Aligned, heap.End)], [Range(Aligned, heap.End)]).Measure();
            return usage.InUseBytes + usage.FreeBytes <= 2 * 0x4000;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    private const ulong HeapAlignment = 64 * 1024 * 1024;

    private static GlibcHeaps OnBrk(HeapImage heap) =>
        GlibcHeaps.Find(heap.Memory, FakePages.AllResident((heap.Start, heap.End)), [Range(heap.Start, heap.End)], []);

    private static GlibcHeaps Anonymous(HeapImage heap) =>
        GlibcHeaps.Find(heap.Memory, FakePages.AllResident((heap.Start, heap.End)), [], [Range(heap.Start, heap.End)]);

    private static AddressRange Range(ulong start, ulong end) => new(new Address(start), new Address(end));
}
