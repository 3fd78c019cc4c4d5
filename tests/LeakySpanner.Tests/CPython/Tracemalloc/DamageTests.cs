using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.CPython.Tracemalloc;
using LeakySpanner.Model;
using LeakySpanner.Model.Usage;
using LeakySpanner.Testing.Python;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.CPython.Tracemalloc;

/// <summary>What a table looks like that changes while it is read, or that somebody made to mislead.</summary>
public sealed class DamageTests
{
    private static readonly TracemallocLayout Layout = Python311.Layout.Tracemalloc;

    private readonly FakePython _python = new();
    private readonly FakeTraces _traces;

    public DamageTests()
    {
        _traces = new FakeTraces(_python);
        for (var i = 0; i < 20; i++)
            _traces.Add("/srv/app/cache.py", 42, 100);
    }

    [Fact]
    public void A_freed_entry_is_left_out_and_counted()
    {
        var entry = _traces.Add("/srv/app/cache.py", 43, 100);
        _python.Memory.Write(entry, 0x0000_0005_6123_4567UL);
        _python.Memory.Write(entry + 8, 0xdead_beef_dead_beefUL);

        var table = Read();

        table.Count.ShouldBeInRange(15, 20);
        table.Sites.ShouldHaveSingleItem().Line.ShouldBe(42);
        table.Note.ShouldNotBeNull().ShouldStartWith("1 of ");
    }

    [Fact]
    public void A_freed_trace_is_left_out_and_counted()
    {
        var trace = _traces.AddressAt(_traces.Add("/srv/app/cache.py", 43, 100) + Layout.EntryValue);
        _python.Memory.Write(trace, 0x0000_0005_6123_4567UL);
        _python.Memory.Write(trace + 8, 0xdead_beef_dead_beefUL);

        var table = Read();

        table.Count.ShouldBe(20);
        table.Note.ShouldNotBeNull().ShouldStartWith("1 of 21 traces");
    }

    [Fact]
    public void A_trace_that_is_freed_before_it_is_read_does_not_bring_a_link_of_malloc_as_its_size()
    {
        var entry = _traces.Add(_traces.Table, 0x7f11_0000_0000, 100, _traces.Traceback("/srv/app/cache.py", 43));
        var bucket = _traces.AddressAt(_traces.Table + Layout.TableBuckets);
        var trace = _traces.AddressAt(entry + Layout.EntryValue);
        var process = PythonProcess.Attach(_python);
        var buckets = 0;
        _python.Memory.BeforeRead = (address, length) =>
        {
            // After the buckets have been read.
            if (address == bucket && length == 64 * 8)
                buckets++;
            else if (buckets > 0)
                Free();
        };

        void Free()
        {
            _python.Memory.BeforeRead = null;
            _python.Memory.Write(bucket, _traces.AddressAt(entry + Layout.EntryNext));
            _python.Memory.Write(trace, 0x2580_1234UL);
        }

        var table = TracemallocReader.Read(process, 10);

        buckets.ShouldBe(1);
        (table.Count, table.Bytes).ShouldBe((20, 2000));
    }

    [Fact]
    public void A_large_block_is_looked_at_twice_and_believed()
    {
        for (var i = 0UL; i < 5; i++)
            _traces.Add(_traces.Table, 0x7f11_0000_0000 + (i * 16 * 64), 1_000_000, _traces.Traceback("/srv/app/large.py", 1));

        var table = Read();

        table.Sites[0].ShouldBe(new("/srv/app/large.py", 1, 5, 5_000_000));
        table.Note.ShouldBeNull();
    }

    [Fact]
    public void An_entry_of_another_bucket_is_not_followed()
    {
        // Freed and used again for another block: sound in itself, but not where the list led.
        var entry = _traces.Add("/srv/app/cache.py", 43, 100);
        var key = _traces.AddressAt(entry + Layout.EntryKey).Value + 16;
        _python.Memory.Write(entry + Layout.EntryKey, key);
        _python.Memory.Write(entry + Layout.EntryHash, ulong.RotateRight(key, 4));

        Read().Sites.ShouldHaveSingleItem().Line.ShouldBe(42);
    }

    [Fact]
    public void A_bucket_that_leads_back_to_itself_ends()
    {
        var first = _traces.Add(_traces.Table, 0x7f11_0000_0000, 10, _traces.Traceback("/srv/app/loop.py", 1));
        for (var i = 1UL; i <= 6; i++)
        {
            var entry = _traces.Add(_traces.Table, 0x7f11_0000_0000 + (i * 16 * 64), 10, _traces.Traceback("/srv/app/loop.py", 1));
            if (i == 6)
                _python.Memory.Write(first + Layout.EntryNext, entry);
        }

        var table = Read();

        table.Sites.Single(site => site.File == "/srv/app/loop.py").ShouldBe(new("/srv/app/loop.py", 1, 7, 70));
        table.Note.ShouldNotBeNull().ShouldStartWith("1 of ");
    }

    [Theory]
    [InlineData(1UL << 40)]
    [InlineData(65UL)]
    [InlineData(0UL)]
    public void A_table_with_an_impossible_number_of_buckets_is_none(ulong buckets)
    {
        _python.Memory.Write(_traces.Table + Layout.TableBucketCount, buckets);

        var table = Read();

        (table.IsTracing, table.Count).ShouldBe((true, 0));
        table.Note.ShouldNotBeNull().ShouldContain("was not found");
    }

    [Fact]
    public void A_table_with_more_entries_than_memory_is_none()
    {
        _python.Memory.Write(_traces.Table + Layout.TableEntries, 1UL << 40);

        Read().Note.ShouldNotBeNull().ShouldContain("was not found");
    }

    [Fact]
    public void A_file_name_that_is_no_str_makes_no_site()
    {
        var traceback = _traces.Traceback("/srv/app/other.py", 7);
        _traces.WriteFrame(traceback + Layout.TracebackFrames, _python.Whole(5), 7);
        _traces.Add("/srv/app/other.py", 7, 100);

        var table = Read();

        table.Count.ShouldBe(20);
        table.Note.ShouldNotBeNull().ShouldStartWith("1 of 21 traces");
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(5, 5)]
    [InlineData(2, 1)]
    public void A_traceback_with_an_impossible_number_of_frames_is_none(ushort frames, ushort all)
    {
        var traceback = _traces.Traceback("/srv/app/other.py", 7);
        _python.Memory.Write(traceback + Layout.TracebackFrameCount, [(byte)frames, 0, (byte)all, 0]);
        _traces.Add("/srv/app/other.py", 7, 100);

        Read().Count.ShouldBe(20);
    }

    [Fact]
    public void A_table_that_is_enlarged_while_it_is_read_is_read_again()
    {
        var process = WithManyTraces();
        var enlarged = 0;
        EnlargeBeforeBucketsAreRead(() => ++enlarged <= 2);

        var table = TracemallocReader.Read(process, 10);

        enlarged.ShouldBe(3);
        (table.Count, table.Note).ShouldBe((1020, null));
    }

    [Fact]
    public void A_table_that_never_stands_still_is_given_up_and_said_so()
    {
        var process = WithManyTraces();
        var enlarged = 0;
        EnlargeBeforeBucketsAreRead(() => ++enlarged <= 20);

        var table = TracemallocReader.Read(process, 10);

        enlarged.ShouldBe(TracemallocLimits.Default.Attempts);
        table.Note.ShouldNotBeNull().ShouldContain("% of the traces are missing");
    }

    [Fact]
    public void Buckets_that_were_freed_and_are_zero_are_noticed_by_what_is_missing()
    {
        var process = WithManyTraces();
        _python.Memory.Write(_traces.AddressAt(_traces.Table + Layout.TableBuckets), new byte[8 * 40]);

        var table = TracemallocReader.Read(process, 10);

        table.Note.ShouldNotBeNull().ShouldMatch("about 6[0-9] % of the traces are missing");
    }

    [Fact]
    public void Whatever_is_overwritten_an_answer_comes_and_is_bounded()
    {
        for (var seed = 1UL; seed <= 200; seed++)
        {
            var python = new FakePython();
            var traces = new FakeTraces(python);
            for (var i = 0; i < 200; i++)
                traces.Add(i % 3 == 0 ? traces.NewDomain((uint)i) : traces.Table, "/srv/app/cache.py", i % 9, 100);
            var process = PythonProcess.Attach(python);
            var random = new Random((int)seed);
            for (var i = 0; i < 400; i++)
                python.Memory.Corrupt((ulong)random.NextInt64(), (byte)random.Next(256));
            var before = python.Memory.Reads;

            var table = TracemallocReader.Read(process, 10);

            table.Sites.Length.ShouldBeLessThanOrEqualTo(10);
            (python.Memory.Reads - before).ShouldBeLessThan(20_000);
        }
    }

    private PythonProcess WithManyTraces()
    {
        for (var i = 0; i < 1000; i++)
            _traces.Add("/srv/app/cache.py", 42, 100);
        var process = PythonProcess.Attach(_python);
        TracemallocReader.Read(process, 10).Count.ShouldBe(1020);
        return process;
    }

    private void EnlargeBeforeBucketsAreRead(Func<bool> again)
    {
        var buckets = _traces.AddressAt(_traces.Table + Layout.TableBuckets);
        void Enlarge(Address address, int length)
        {
            if (address != buckets)
                return;
            _python.Memory.BeforeRead = null;
            if (!again())
                return;
            _traces.Enlarge(_traces.Table);
            buckets = _traces.AddressAt(_traces.Table + Layout.TableBuckets);
            _python.Memory.BeforeRead = Enlarge;
        }

        _python.Memory.BeforeRead = Enlarge;
    }

    private AllocationTable Read() => TracemallocReader.Read(PythonProcess.Attach(_python), 10);
}
