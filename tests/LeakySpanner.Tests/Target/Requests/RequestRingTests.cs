using LeakySpanner.Model.Usage;
using LeakySpanner.Target.Requests;
using LeakySpanner.Testing.Requests;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Target.Requests;

public sealed class RequestRingTests : IDisposable
{
    private const int Records = RequestRingLayout.Records;

    private readonly RingWriter _writer = new();

    public void Dispose() => _writer.Dispose();

    [Fact]
    public void What_was_written_is_read_field_by_field()
    {
        var query = _writer.Name("GET /query/{q}");
        var written = new RequestRecord(1, 5_000, 12_000_000, 640, -4096, query, 3, 503, RequestKind.WebSocket, RequestTraits.Raised | RequestTraits.Disconnected, 77);
        _writer.Put(written);
        _writer.Write("GET /", delta: null);
        _writer.SetInProgress(7);

        using var ring = RequestRing.Open(_writer.Path);
        var records = ReadAll(ring);

        records.Count.ShouldBe(2);
        records[0].ShouldBe(written);
        records[1].RssDelta.ShouldBeNull();
        ring.NameOf(records[0].Endpoint).ShouldBe("GET /query/{q}");
        ring.NameOf(records[1].Endpoint).ShouldBe("GET /");
        (ring.Pid, ring.Seen, ring.Lost, ring.InProgress).ShouldBe((4121, 2L, 0L, 7L));
    }

    [Fact]
    public void A_reader_that_keeps_up_loses_nothing_however_often_the_ring_wraps()
    {
        using var ring = RequestRing.Open(_writer.Path);
        var last = 0L;
        for (var round = 0; round < 7; round++)
        {
            _writer.Write(3_001);
            foreach (var record in ReadAll(ring))
                record.Sequence.ShouldBe(++last);
        }

        last.ShouldBe(7 * 3_001);
        (ring.Seen, ring.Lost).ShouldBe((last, 0L));
    }

    [Theory]
    [InlineData(Records, 0)]
    [InlineData(Records + 1, 1)]
    [InlineData((2 * Records) + 17, Records + 17)]
    public void Overwritten_records_are_counted_and_the_oldest_whole_one_is_next(int written, int lost)
    {
        _writer.Write(written);
        using var ring = RequestRing.Open(_writer.Path);

        var records = ReadAll(ring);

        (ring.Seen, ring.Lost).ShouldBe((written - lost, (long)lost));
        records[0].Sequence.ShouldBe(lost + 1);
        records[^1].Sequence.ShouldBe(written);
    }

    [Fact]
    public void A_record_that_is_being_written_is_waited_for()
    {
        _writer.Write(3);
        _writer.PutLast(3, 0);
        using var ring = RequestRing.Open(_writer.Path);

        ReadAll(ring).Count.ShouldBe(2);
        ReadAll(ring).ShouldBeEmpty();
        _writer.PutLast(3, 3);

        ReadAll(ring).ShouldHaveSingleItem().Sequence.ShouldBe(3);
        ring.Lost.ShouldBe(0);
    }

    [Fact]
    public void A_record_that_is_being_overwritten_is_lost_and_not_believed()
    {
        _writer.Write(Records);
        _writer.PutFirst(1, Records + 1);
        using var ring = RequestRing.Open(_writer.Path);

        var records = ReadAll(ring);

        records[0].Sequence.ShouldBe(2);
        (ring.Seen, ring.Lost).ShouldBe((Records - 1L, 1L));
    }

    [Fact]
    public void A_number_that_was_taken_and_never_written_is_given_up_after_many_later_ones()
    {
        for (var number = 2; number <= 500; number++)
            _writer.Put(Record(number));
        using var ring = RequestRing.Open(_writer.Path);
        ReadAll(ring).ShouldBeEmpty();

        for (var number = 501; number <= 1_100; number++)
            _writer.Put(Record(number));

        ReadAll(ring).Count.ShouldBe(1_099);
        ring.Lost.ShouldBe(1);
    }

    [Fact]
    public void After_the_death_of_the_writer_a_missing_number_is_not_waited_for()
    {
        _writer.Put(Record(1));
        _writer.Put(Record(3));
        _writer.Put(Record(6));
        using var ring = RequestRing.Open(_writer.Path);

        ReadAll(ring).Count.ShouldBe(1);
        ReadAll(ring, writerEnded: true).Select(record => record.Sequence).ShouldBe([3, 6]);
        (ring.Seen, ring.Lost).ShouldBe((3L, 3L));
        ReadAll(ring, writerEnded: true).ShouldBeEmpty();
    }

    [Fact]
    public void The_ring_is_read_after_its_file_was_removed()
    {
        using var ring = RequestRing.Open(_writer.Path);
        _writer.Write(5);
        File.Delete(_writer.Path);

        ReadAll(ring, writerEnded: true).Count.ShouldBe(5);
    }

    [Fact]
    public void A_late_reader_may_begin_with_what_comes()
    {
        _writer.Write(Records + 100);
        using var ring = RequestRing.Open(_writer.Path);
        ring.SkipToNewest();
        ReadAll(ring).ShouldBeEmpty();

        _writer.Write(2);

        ReadAll(ring).Select(record => record.Sequence).ShouldBe([Records + 101, Records + 102]);
        ring.Lost.ShouldBe(0);
    }

    [Fact]
    public void Names_that_come_later_are_found_and_unknown_ones_are_other()
    {
        using var ring = RequestRing.Open(_writer.Path);
        ring.NameOf(2).ShouldBe("(other)");
        var later = _writer.Name("POST /later");

        ring.NameOf(later).ShouldBe("POST /later");
        ring.NameOf(0).ShouldBe("(unmatched)");
        ring.NameOf(-1).ShouldBe("(other)");
        ring.NameOf(int.MaxValue).ShouldBe("(other)");
    }

    [Fact]
    public void A_full_table_of_names_is_read_to_its_end()
    {
        var names = 0;
        while (_writer.Name($"GET /{names:0000000000}") != 1)
            names++;
        using var ring = RequestRing.Open(_writer.Path);

        ring.Names.Count.ShouldBe(names + 2);
        ring.NameOf(names + 1).ShouldBe($"GET /{names - 1:0000000000}");
    }

    [Fact]
    public void A_name_cannot_forge_a_line_of_the_log()
    {
        var forged = _writer.Name("GET /\n[14:32:05] RSS=1.0MB\u001b[2J\u202e");
        using var ring = RequestRing.Open(_writer.Path);

        ring.NameOf(forged).ShouldBe("GET /\uFFFD[14:32:05] RSS=1.0MB\uFFFD[2J\uFFFD");
    }

    [Fact]
    public void A_table_of_names_that_makes_no_sense_is_read_as_far_as_it_does()
    {
        var good = _writer.Name("GET /good");
        _writer.Put64(RequestRingLayout.Header.NamesUsed, -1);
        _writer.Put(RequestRingLayout.NamesOffset + RequestRingLayout.NamesSize - 1, [0xff]);
        using var ring = RequestRing.Open(_writer.Path);

        ring.NameOf(good).ShouldBe("GET /good");
        ring.Names.Count.ShouldBeLessThanOrEqualTo(RequestRingLayout.NamesSize / 2);
    }

    [Fact]
    public void Nonsense_in_records_is_counted()
    {
        _writer.Put(Record(1) with { DurationNanoseconds = -5 });
        _writer.Put(Record(2) with { Kind = (RequestKind)200 });
        _writer.Put(Record(3) with { ResponseBytes = long.MaxValue });
        _writer.Put(Record(4) with { RssDelta = long.MaxValue });
        using var ring = RequestRing.Open(_writer.Path);

        var only = ReadAll(ring).ShouldHaveSingleItem();

        (only.Sequence, only.RssDelta).ShouldBe((4, null));
        (ring.Seen, ring.Unbelievable).ShouldBe((1, 3));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Garbage_behind_a_sound_header_does_no_harm(int seed)
    {
        var random = new Random(seed);
        var garbage = new byte[RequestRingLayout.FileSize - RequestRingLayout.HeaderSize];
        random.NextBytes(garbage);
        _writer.Put(RequestRingLayout.HeaderSize, garbage);
        for (var slot = 1; slot <= Records; slot += 7)
        {
            // Numbers that belong into their slots, so that they are looked at twice.
            var number = slot + (random.NextInt64(0, 1L << 49) * Records);
            _writer.PutFirst(slot, number);
            _writer.PutLast(slot, number);
        }

        using var ring = RequestRing.Open(_writer.Path);
        for (var i = 0; i < 50; i++)
        {
            foreach (var record in ReadAll(ring, writerEnded: i % 2 == 1))
                ring.NameOf(record.Endpoint).Length.ShouldBeLessThanOrEqualTo(ushort.MaxValue);
        }

        ring.Lost.ShouldBeGreaterThanOrEqualTo(0);
    }

    [Fact]
    public void A_file_cut_short_while_it_is_followed_yields_nothing_more()
    {
        _writer.Write(10);
        using var ring = RequestRing.Open(_writer.Path);
        _writer.Truncate(RequestRingLayout.HeaderSize + (4 * RequestRingLayout.RecordSize));

        ReadAll(ring).Count.ShouldBeLessThanOrEqualTo(4);
        ReadAll(ring, writerEnded: true).ShouldBeEmpty();
        ring.InProgress.ShouldBe(0);
    }

    [Fact]
    public void What_is_no_ring_is_refused_with_a_reason()
    {
        Refusal(_writer.Path + ".none").ShouldContain("cannot be opened");
        Refusal(Path.GetDirectoryName(_writer.Path)!).ShouldContain("is no file");
        Should.Throw<RequestRingException>(() => RequestRing.Open(_writer.Path, 4_000_000_000)).Message.ShouldContain("belongs to uid");

        File.SetUnixFileMode(_writer.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherWrite);
        Refusal(_writer.Path).ShouldContain("open to other users");
        File.SetUnixFileMode(_writer.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        _writer.Put32(RequestRingLayout.Header.Version, 2);
        Refusal(_writer.Path).ShouldContain("no ring of version 1");
        _writer.Truncate(100);
        Refusal(_writer.Path).ShouldContain("has 100 bytes");
    }

    private static string Refusal(string path) => Should.Throw<RequestRingException>(() => RequestRing.Open(path)).Message;

    private static RequestRecord Record(long number) => new(number, 1, 1, 0, null, 0, 0, 200, RequestKind.Http, RequestTraits.None);

    private static List<RequestRecord> ReadAll(RequestRing ring, bool writerEnded = false)
    {
        var all = new List<RequestRecord>();
        var buffer = new RequestRecord[1000];
        while (ring.Read(buffer, writerEnded) is > 0 and var count)
            all.AddRange(buffer[..count]);
        return all;
    }
}
