using LeakySpanner.CPython.Pools;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.Model;
using LeakySpanner.Target;
using LeakySpanner.Testing.Python;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.CPython.Pools;

public sealed class PoolScannerTests
{
    private readonly FakePython _fake = new();
    private readonly FaultTally _faults = new();

    private struct Collector(List<Address> live) : IPoolVisitor
    {
        public readonly void Visit(in PoolView pool)
        {
            for (var offset = pool.First; offset < pool.End; offset += pool.BlockSize)
            {
                if (pool.IsLive(offset))
                    live.Add(pool.Start + offset);
            }
        }
    }

    private (List<Address> Live, PoolTotals Totals, ArenaMap Arenas) Scan()
    {
        var scanner = new PoolScanner(_fake, _fake.Layout.Pool);
        var arenas = scanner.FindArenas(_faults);
        var live = new List<Address>();
        var visitor = new Collector(live);
        return (live, scanner.Scan(arenas, ref visitor, _faults), arenas);
    }

    [Fact]
    public void Every_block_in_use_is_live_and_no_other()
    {
        var before = Scan().Live;
        var blocks = Enumerable.Range(0, 3000).Select(i => _fake.Allocate(16 + (i % 7 * 48))).ToList();
        for (var i = 0; i < blocks.Count; i += 3)
            _fake.Free(blocks[i]);

        var (live, totals, _) = Scan();

        live.ShouldBe(before.Concat(blocks.Where((_, i) => i % 3 != 0)).Order());
        totals.LiveBlocks.ShouldBe(live.Count);
        _faults.ToCoverage(0).FaultCount.ShouldBe(0);
    }

    [Fact]
    public void Arenas_are_counted_whole()
    {
        for (var i = 0; i < 3 << 20; i += 512)
            _fake.Allocate(512);

        var (_, totals, arenas) = Scan();

        arenas.Arenas.Length.ShouldBe(_fake.ArenaCount);
        arenas.RunCount.ShouldBe(1);
        (totals.LiveBytes + totals.FreeBytes).ShouldBe(arenas.Bytes);
        arenas.Bytes.ShouldBe(((long)_fake.ArenaCount << 20) - _fake.Layout.Pool.PoolSize, "the last pool was never used");
    }

    [Fact]
    public void Arenas_that_start_between_pools_are_found()
    {
        var region = new MappedRegion(new Address(0x7e00_0000_1000), new Address(0x7e00_0020_1000), "rw-p", 0, 0, "");
        _fake.MoreRegions.Add(region);
        _fake.Memory.Map(region.Start, region.Length);
        WriteHeader(new Address(0x7e00_0000_4000));
        WriteHeader(new Address(0x7e00_0010_4000));

        Scan().Arenas.Arenas.Where(arena => arena.Start < region.End)
            .ShouldBe([new(new(0x7e00_0000_4000), new(0x7e00_0010_4000)), new(new(0x7e00_0010_4000), new(0x7e00_0020_0000))]);
    }

    [Fact]
    public void What_lies_behind_an_arena_that_starts_between_pools_is_not_part_of_it()
    {
        var region = new MappedRegion(new Address(0x7e00_0000_1000), new Address(0x7e00_0030_0000), "rw-p", 0, 0, "");
        _fake.MoreRegions.Add(region);
        _fake.Memory.Map(region.Start, region.Length);
        WriteHeader(new Address(0x7e00_0000_4000));
        _fake.Memory.Write(new Address(0x7e00_0010_1000), [1, 2, 3, 4]);

        Scan().Arenas.Contains(new Address(0x7e00_0010_1000)).ShouldBeFalse();
    }

    [Fact]
    public void A_cyclic_free_list_ends_and_is_counted()
    {
        var blocks = Enumerable.Range(0, 10).Select(_ => _fake.Allocate(96)).ToList();
        _fake.Free(blocks[4]);
        _fake.Free(blocks[5]);
        _fake.Memory.Write(blocks[4], blocks[5]);

        var live = Scan().Live;

        live.ShouldNotContain(blocks[4]);
        live.ShouldContain(blocks[6]);
        _faults.ToCoverage(0).FaultCount.ShouldBe(0, "both free blocks were met before the circle closed");

        _fake.Memory.Write(blocks[5], blocks[5]);
        Scan();
        _faults.ToCoverage(0).Faults["pool torn"].ShouldBe(1);
    }

    [Fact]
    public void A_free_list_that_leaves_its_pool_is_counted()
    {
        var blocks = Enumerable.Range(0, 10).Select(_ => _fake.Allocate(96)).ToList();
        _fake.Free(blocks[4]);
        _fake.Free(blocks[5]);
        _fake.Memory.Write(blocks[5], _fake.Runtime);

        Scan().Live.ShouldContain(blocks[4], "what no list says to be free is taken to be live");
        _faults.ToCoverage(0).Faults["pool torn"].ShouldBe(1);
    }

    [Theory]
    [InlineData(0, 0xffffu)]
    [InlineData(36, 32u)]
    [InlineData(40, 47u)]
    [InlineData(44, 1u)]
    [InlineData(8, 0x1234_5678u)]
    public void A_header_that_contradicts_itself_is_not_believed(int offset, uint value)
    {
        _fake.Allocate(512);
        var broken = _fake.Pools[^1];
        _fake.Memory.WriteUInt32(broken + offset, value);

        Scan().Live.ShouldNotContain(block => block > broken);
        _faults.ToCoverage(0).Faults["pool header inconsistent"].ShouldBe(1);
    }

    [Fact]
    public void Memory_that_went_away_is_counted_by_pool()
    {
        _fake.Allocate(512);
        var arenas = new PoolScanner(_fake, _fake.Layout.Pool).FindArenas(_faults);
        var lost = _fake.Pools[0];
        _fake.Memory.Unmap(lost, _fake.Layout.Pool.PoolSize);
        var live = new List<Address>();
        var visitor = new Collector(live);

        new PoolScanner(_fake, _fake.Layout.Pool).Scan(arenas, ref visitor, _faults);

        _faults.ToCoverage(0).Faults["pool not readable"].ShouldBe(1);
        live.ShouldAllBe(block => block - lost >= _fake.Layout.Pool.PoolSize);
        live.ShouldNotBeEmpty();
    }

    [Fact]
    public void A_scan_reads_each_arena_once_in_pieces_of_64_KiB()
    {
        for (var i = 0; i < 2 << 20; i += 512)
            _fake.Allocate(512);
        var before = _fake.Memory.Reads;

        Scan();

        // Two headers per arena, a header for the last pool of the last, which is not in use yet, 16 pieces per arena.
        (_fake.Memory.Reads - before).ShouldBe((_fake.ArenaCount * (2 + 16)) + 1);
    }

    [Fact]
    public void A_cancelled_scan_stops() =>
        Should.Throw<OperationCanceledException>(() => new PoolScanner(_fake, _fake.Layout.Pool).FindArenas(_faults, new CancellationToken(true)));

    private void WriteHeader(Address pool)
    {
        _fake.Memory.WriteUInt32(pool + _fake.Layout.Pool.NextOffset, 48);
        _fake.Memory.WriteUInt32(pool + _fake.Layout.Pool.LargestNextOffset, 16384 - 16);
    }
}
