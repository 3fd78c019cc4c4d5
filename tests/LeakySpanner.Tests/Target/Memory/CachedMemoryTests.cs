using FsCheck;
using FsCheck.Fluent;
using LeakySpanner.Model;
using LeakySpanner.Target.Memory;
using LeakySpanner.Testing.Recording;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Target.Memory;

public sealed class CachedMemoryTests
{
    private const ulong Start = 0x7f00_0000_0000;

    private static readonly byte[] Bytes = Enumerable.Range(0, 64 * 1024).Select(i => (byte)((i * 131) >> 3)).ToArray();

    [Fact]
    public void A_piece_is_read_once_however_often_it_is_asked_for()
    {
        var source = new RecordedMemory().Add(new Address(Start), Bytes);
        var cache = new CachedMemory(source, pieceBytes: 4096, totalBytes: 64 * 1024);

        for (var i = 0; i < 4096; i += 8)
            cache.TryReadUInt64(new Address(Start + (ulong)i), out _).ShouldBeTrue();

        source.Reads.ShouldBe(1);
        cache.SourceReads.ShouldBe(1);
    }

    [Fact]
    public void What_fits_half_of_the_cache_is_read_once_in_any_order()
    {
        var source = new RecordedMemory().Add(new Address(Start), Bytes);
        var cache = new CachedMemory(source, pieceBytes: 1024, totalBytes: 128 * 1024);

        for (var i = 0; i < 10_000; i++)
            cache.TryReadUInt64(new Address(Start + (ulong)(i * 7919L % 8000 * 8)), out _).ShouldBeTrue();

        source.Reads.ShouldBeInRange(60, 64);
    }

    [Fact]
    public void Pieces_that_are_forgotten_are_seen_anew()
    {
        var bytes = new byte[4096];
        var cache = new CachedMemory(new RecordedMemory().Add(new Address(Start), bytes));
        cache.TryReadByte(new Address(Start), out var before).ShouldBeTrue();
        bytes[0] = 7;

        cache.TryReadByte(new Address(Start), out var cached).ShouldBeTrue();
        cache.Invalidate();
        cache.TryReadByte(new Address(Start), out var after).ShouldBeTrue();

        (before, cached, after).ShouldBe(((byte)0, (byte)0, (byte)7));
    }

    [Fact]
    public void A_long_read_goes_past_the_cache_in_one()
    {
        var source = new RecordedMemory().Add(new Address(Start), Bytes);
        var buffer = new byte[40_000];

        new CachedMemory(source).TryRead(new Address(Start + 5), buffer).ShouldBeTrue();

        buffer.ShouldBe(Bytes[5..40_005]);
        source.Reads.ShouldBe(1);
    }

    [Fact]
    public void What_lies_at_the_edge_of_a_recording_is_read_as_far_as_it_goes()
    {
        var cache = new CachedMemory(new RecordedMemory().Add(new Address(Start + 100), Bytes[..50]));

        cache.TryRead(new Address(Start + 100), new byte[50]).ShouldBeTrue();
        cache.TryRead(new Address(Start + 100), new byte[51]).ShouldBeFalse();
        cache.TryGetSpan(new Address(Start + 100), 8, out _).ShouldBeFalse();
    }

    [Fact]
    public void The_end_of_the_address_space_is_unreadable_and_no_more()
    {
        var cache = new CachedMemory(new RecordedMemory().Add(new Address(Start), Bytes));

        cache.TryRead(new Address(ulong.MaxValue), new byte[1]).ShouldBeFalse();
        cache.TryRead(new Address(ulong.MaxValue - 3), new byte[8]).ShouldBeFalse();
    }

    [Fact]
    public void Any_read_gives_what_the_source_would_give()
    {
        var source = new RecordedMemory().Add(new Address(Start), Bytes);
        var cache = new CachedMemory(source, pieceBytes: 256, totalBytes: 2048);
        var reads =
            from offset in Gen.Choose(-300, Bytes.Length + 300)
            from length in Gen.Choose(0, 1200)
            select (offset, length);

        Prop.ForAll(reads.ToArbitrary(), read =>
        {
            byte[] expected = new byte[read.length], actual = new byte[read.length];
            var address = new Address(Start) + read.offset;
            var readable = source.TryRead(address, expected);
            return cache.TryRead(address, actual) == readable && (!readable || actual.SequenceEqual(expected));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }
}
