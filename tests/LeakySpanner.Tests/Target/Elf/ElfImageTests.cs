using FsCheck;
using FsCheck.Fluent;
using LeakySpanner.Model;
using LeakySpanner.Target;
using LeakySpanner.Target.Elf;
using LeakySpanner.Testing.Recording;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Target.Elf;

public sealed class ElfImageTests
{
    private static readonly (string, ulong)[] Symbols = [("other", 0x10), ("runtime", 0x1234), ("runtime_more", 0x30)];

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void An_exported_symbol_is_found_with_and_without_section_headers(bool sections, bool gnuHash)
    {
        var image = new ElfFile(Symbols, sections: sections, gnuHash: gnuHash).Parse()!;

        image.TryFindDynamicSymbol("runtime"u8, out var symbol).ShouldBeTrue();
        symbol.ShouldBe(new ElfSymbol(0x1234, 8));
        image.TryFindDynamicSymbol("runtime_more"u8, out symbol).ShouldBeTrue();
        symbol.Value.ShouldBe(0x30ul);
        image.TryFindDynamicSymbol("run"u8, out _).ShouldBeFalse();
        image.TryFindDynamicSymbol("time"u8, out _).ShouldBeFalse();
        image.TryFindDynamicSymbol(""u8, out _).ShouldBeFalse();
    }

    [Fact]
    public void A_full_table_is_searched_on_its_own()
    {
        var image = new ElfFile(Symbols, tableType: 2).Parse()!;

        image.TryFindStaticSymbol("runtime"u8, out var symbol).ShouldBeTrue();

        symbol.Value.ShouldBe(0x1234ul);
        new ElfFile(Symbols).Parse()!.TryFindStaticSymbol("runtime"u8, out _).ShouldBeFalse();
    }

    [Fact]
    public void Undefined_and_thread_local_symbols_are_no_addresses()
    {
        var undefined = new ElfFile([("runtime", 0x1234)]);
        undefined.Word16(ElfFile.SymbolsOffset + 24 + 6, 0);
        var threadLocal = new ElfFile([("runtime", 0x1234)]);
        threadLocal.Bytes[ElfFile.SymbolsOffset + 24 + 4] = 0x16;

        undefined.Parse()!.TryFindDynamicSymbol("runtime"u8, out _).ShouldBeFalse();
        threadLocal.Parse()!.TryFindDynamicSymbol("runtime"u8, out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData(0ul, 0x7f00_0000_0000ul, 0ul, 0x7f00_0000_0000ul)]
    [InlineData(0ul, 0x7f00_0000_3000ul, 0x1000ul, 0x7f00_0000_0000ul)]
    [InlineData(0x400000ul, 0x400000ul, 0ul, 0ul)]
    public void The_bias_follows_from_where_a_segment_is_mapped(ulong baseAddress, ulong start, ulong offset, ulong expected)
    {
        var image = new ElfFile(Symbols, baseAddress).Parse()!;
        image.IsPositionIndependent.ShouldBe(baseAddress == 0);

        image.TryGetLoadBias(Region(start, (long)offset), out var bias).ShouldBeTrue();

        bias.ShouldBe(expected);
    }

    [Fact]
    public void A_mapping_that_no_segment_covers_has_no_bias() =>
        new ElfFile(Symbols).Parse()!.TryGetLoadBias(Region(0x7000, 0x5000), out _).ShouldBeFalse();

    [Theory]
    [InlineData(0ul, 0ul)]
    [InlineData(0ul, 0x7f00_0000_0000ul)]
    [InlineData(0x400000ul, 0ul)]
    public void A_deleted_file_is_read_from_memory_relocated_or_not(ulong baseAddress, ulong relocation)
    {
        var start = baseAddress == 0 ? 0x7f00_0000_0000 : baseAddress;
        var file = new ElfFile(Symbols, baseAddress, relocation: relocation);
        var memory = new RecordedMemory().Add(new Address(start), file.Bytes);

        var image = ElfImage.TryParse(new ElfLoadedBytes(memory, new Address(start)))!;

        image.TryFindDynamicSymbol("runtime"u8, out var symbol).ShouldBeTrue();
        symbol.Value.ShouldBe(0x1234ul);
    }

    [Fact]
    public void A_symbol_is_placed_by_the_mapping_even_if_only_memory_has_the_file()
    {
        var start = 0x7f00_0000_0000ul;
        var memory = new RecordedMemory().Add(new Address(start), new ElfFile(Symbols).Bytes);
        var search = new SymbolSearch("/nonexistent", memory);
        MappedRegion[] regions =
        [
            new(new Address(0x1000), new Address(0x2000), "rw-p", 0, 0, ""),
            new(new Address(start), new Address(start + 0x1000), "r-xp", 0, 7, "/usr/lib/libruntime.so (deleted)"),
        ];

        search.TryFind(regions, "runtime", out var address, out var image).ShouldBeTrue();

        address.ShouldBe(new Address(start + 0x1234));
        image.ShouldBe("/usr/lib/libruntime.so (deleted)");
        search.TryFind(regions, "absent", out _, out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("\u007fELF\u0001\u0001", ElfClass.Bits32)]
    [InlineData("\u007fELF\u0002\u0001", ElfClass.Bits64)]
    [InlineData("\u007fELF\u0002\u0002", ElfClass.BigEndian)]
    [InlineData("\u007fELF\u0009\u0001", ElfClass.NotElf)]
    [InlineData("#!/bin", ElfClass.NotElf)]
    public void The_width_shows_in_the_first_bytes(string start, ElfClass expected)
    {
        var bytes = new byte[16];
        System.Text.Encoding.Latin1.GetBytes(start, bytes);

        ElfIdentity.Of(bytes).ShouldBe(expected);
        ElfIdentity.Of(bytes.AsSpan(0, 10)).ShouldBe(ElfClass.NotElf);
    }

    [Fact]
    public void Sizes_that_a_file_cannot_have_cost_no_memory()
    {
        var file = new ElfFile(Symbols);
        file.Word64(ElfFile.SectionsOffset + (2 * 64) + 32, ElfLimits.MaxStringBytes);
        var before = GC.GetAllocatedBytesForCurrentThread();

        file.Parse()!.TryFindDynamicSymbol("runtime"u8, out _).ShouldBeFalse();

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(8 << 20);
    }

    [Fact]
    public void Any_corruption_of_a_file_ends_without_an_exception()
    {
        var changes =
            from offset in Gen.Choose(0, (ElfFile.Length / 4) - 1)
            from value in Gen.OneOf(ArbMap.Default.GeneratorFor<uint>(), Gen.Elements(0u, uint.MaxValue, 0x7fffffffu, 0x1000u))
            select (Offset: offset * 4, Value: value);

        Prop.ForAll(Gen.NonEmptyListOf(changes).ToArbitrary(), Gen.Elements(true, false).ToArbitrary(), (list, sections) =>
        {
            var file = new ElfFile(Symbols, sections: sections);
            foreach (var change in list)
                file.Word32(change.Offset, change.Value);
            if (file.Parse() is not { } image)
                return;
            _ = image.TryFindDynamicSymbol("runtime"u8, out _);
            _ = image.TryFindStaticSymbol("runtime"u8, out _);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));
    }

    private static MappedRegion Region(ulong start, long offset) => new(new Address(start), new Address(start + 0x1000), "r--p", offset, 7, "/lib/x.so");
}
