using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Types;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.CPython.Types;

/// <summary>Tables of keys as dictobject.c of each version lays them out; numbers as __sizeof__ of real dicts has them.</summary>
public sealed class KeysHeaderTests
{
    [Theory]
    [InlineData(8, 5, 0, 48, 168)]
    [InlineData(256, 150, 20, 40 + 512, 40 + 512 + (170 * 24))]
    [InlineData(32768, 21845, 0, 40 + 65536, 40 + 65536 + (21845 * 24))]
    [InlineData(131072, 1, 87380, 40 + 524288, 40 + 524288 + (87381 * 24))]
    public void Tables_of_3_10_tell_their_slots_and_index_them_with_as_many_bytes_as_needed(ulong slots, long entries, long usable, long entriesOffset, long size)
    {
        KeysHeader.TryParse(Python310.Layout.Dict, Classic(slots, usable, entries), out var header).ShouldBeTrue();

        header.EntriesOffset.ShouldBe(entriesOffset);
        (header.EntriesOffset + (header.Capacity * header.EntrySize)).ShouldBe(size);
        (header.KeyOffset, header.EntryCount, header.Kind).ShouldBe((8, entries, KeysHeader.General));
    }

    [Fact]
    public void The_table_of_all_empty_dicts_has_one_slot_and_no_room()
    {
        KeysHeader.TryParse(Python38.Layout.Dict, Classic(1, 0, 0), out var header).ShouldBeTrue();

        header.Capacity.ShouldBe(0);
    }

    [Theory]
    [InlineData(0UL, 0, 0)]
    [InlineData(7UL, 0, 1)]
    [InlineData(8UL, 5, 1)]
    [InlineData(8UL, -1, 1)]
    [InlineData(8UL, 1, -1)]
    [InlineData(1UL << 41, 0, 1)]
    [InlineData(ulong.MaxValue, 0, 1)]
    public void Numbers_that_contradict_one_another_are_not_believed(ulong slots, long usable, long entries) =>
        KeysHeader.TryParse(Python39.Layout.Dict, Classic(slots, usable, entries), out _).ShouldBeFalse();

    [Fact]
    public void Tables_of_3_11_tell_logarithms_and_their_kind()
    {
        var bytes = new byte[32];
        BitConverter.TryWriteBytes(bytes, 1L);
        (bytes[8], bytes[9], bytes[10]) = (8, 9, 1);
        BitConverter.TryWriteBytes(bytes.AsSpan(16), 70L);
        BitConverter.TryWriteBytes(bytes.AsSpan(24), 100L);

        KeysHeader.TryParse(Python311.Layout.Dict, bytes, out var header).ShouldBeTrue();

        (header.EntriesOffset, header.EntrySize, header.KeyOffset, header.Capacity).ShouldBe((32 + 512, 16, 0, 170));
        bytes[9] = 8;
        KeysHeader.TryParse(Python311.Layout.Dict, bytes, out _).ShouldBeFalse();
    }

    private static byte[] Classic(ulong slots, long usable, long entries)
    {
        var bytes = new byte[40];
        BitConverter.TryWriteBytes(bytes, 1L);
        BitConverter.TryWriteBytes(bytes.AsSpan(8), slots);
        BitConverter.TryWriteBytes(bytes.AsSpan(24), usable);
        BitConverter.TryWriteBytes(bytes.AsSpan(32), entries);
        return bytes;
    }
}
