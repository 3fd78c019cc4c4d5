using LeakySpanner.CPython.Runtime;
using LeakySpanner.CPython.Tracemalloc;
using LeakySpanner.Model.Usage;
using LeakySpanner.Testing.Python;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.CPython.Tracemalloc;

public sealed class TracemallocReaderTests
{
    private readonly FakePython _python = new();

    [Fact]
    public void Blocks_are_summed_by_the_line_of_the_newest_frame()
    {
        var traces = new FakeTraces(_python);
        for (var i = 0; i < 40; i++)
            traces.Add("/srv/app/cache.py", 42, 100 + i);
        traces.Add("/srv/app/cache.py", 43, 9000);
        traces.Add("/srv/app/main.py", 42, 7);

        var table = Read();

        table.IsTracing.ShouldBeTrue();
        table.Note.ShouldBeNull();
        table.SampledShare.ShouldBe(1);
        (table.Count, table.Bytes).ShouldBe((42, 4000 + 780 + 9000 + 7));
        table.Sites.ShouldBe([new("/srv/app/cache.py", 43, 1, 9000), new("/srv/app/cache.py", 42, 40, 4780), new("/srv/app/main.py", 42, 1, 7)]);
        Read(limit: 1).Sites.ShouldBe([new("/srv/app/cache.py", 43, 1, 9000)]);
    }

    [Fact]
    public void Where_tracing_is_off_the_answer_says_how_to_turn_it_on_and_costs_two_reads()
    {
        var traces = new FakeTraces(_python);
        traces.Add("/srv/app/cache.py", 42, 100);
        traces.Tracing = false;
        var process = PythonProcess.Attach(_python);
        var before = _python.Memory.Reads;

        var table = TracemallocReader.Read(process, 10);

        table.IsTracing.ShouldBeFalse();
        table.Sites.ShouldBeEmpty();
        table.Note.ShouldNotBeNull().ShouldContain("PYTHONTRACEMALLOC=1");
        (_python.Memory.Reads - before).ShouldBeLessThanOrEqualTo(2);
    }

    [Fact]
    public void A_table_that_was_just_cleared_is_no_trouble()
    {
        _ = new FakeTraces(_python);

        var table = Read();

        (table.IsTracing, table.Count, table.Note).ShouldBe((true, 0, null));
    }

    [Fact]
    public void Domains_of_extensions_count_too()
    {
        var traces = new FakeTraces(_python);
        traces.Add("/srv/app/main.py", 1, 10);
        traces.Add(traces.NewDomain(389047), "/srv/app/model.py", 5, 80_000);
        traces.Add(traces.NewDomain(7), "/srv/app/model.py", 5, 20_000);

        var table = Read();

        table.Sites.ShouldBe([new("/srv/app/model.py", 5, 2, 100_000), new("/srv/app/main.py", 1, 1, 10)]);
    }

    [Fact]
    public void A_binary_that_was_not_stripped_names_the_table()
    {
        var traces = new FakeTraces(_python);
        traces.Add("/srv/app/main.py", 1, 10);
        var hidden = _python.InNative(8);
        _python.Memory.Write(hidden, traces.Table);
        _python.Memory.Write(traces.Variable, 0UL);
        Read().Note.ShouldNotBeNull().ShouldContain("was not found");

        _python.Symbols["tracemalloc_traces"] = hidden;

        Read().Count.ShouldBe(1);
    }

    [Fact]
    public void Where_two_tables_could_be_it_none_is_believed()
    {
        var traces = new FakeTraces(_python);
        traces.Add("/srv/app/main.py", 1, 10);
        _python.Memory.Write(_python.InImage(8), traces.NewTable(32));

        var table = Read();

        (table.IsTracing, table.Count).ShouldBe((true, 0));
        table.Note.ShouldNotBeNull().ShouldContain("was not found");
    }

    [Fact]
    public void The_table_is_looked_for_once()
    {
        var traces = new FakeTraces(_python);
        traces.Add("/srv/app/main.py", 1, 10);
        var process = PythonProcess.Attach(_python);
        var first = Reads(() => TracemallocReader.Read(process, 10));
        var second = Reads(() => TracemallocReader.Read(process, 10));

        second.ShouldBeLessThan(first);
        second.ShouldBeLessThanOrEqualTo(25);
    }

    [Fact]
    public void Twenty_thousand_traces_cost_a_few_hundred_reads()
    {
        var traces = new FakeTraces(_python, buckets: 65536);
        Fill(traces, 20_000);
        var process = PythonProcess.Attach(_python);
        AllocationTable? table = null;

        var reads = Reads(() => table = TracemallocReader.Read(process, 10));

        table!.Count.ShouldBe(20_000);
        reads.ShouldBeLessThan(600);
    }

    [Fact]
    public void A_table_beyond_the_limit_is_sampled_and_scaled_up()
    {
        var traces = new FakeTraces(_python, buckets: 131072);
        Fill(traces, 40_000);
        var all = Read();

        var sampled = TracemallocReader.Read(PythonProcess.Attach(_python), 10, new TracemallocLimits { Traces = 10_000 });

        all.Count.ShouldBe(40_000);
        sampled.SampledShare.ShouldBe(0.25);
        ((double)sampled.Count).ShouldBe(40_000, 5);
        ((double)sampled.Bytes).ShouldBe(all.Bytes, all.Bytes * 0.1);
        ((double)sampled.Sites[0].Bytes).ShouldBe(all.Sites[0].Bytes, all.Sites[0].Bytes * 0.15);
    }

    [Fact]
    public void What_is_beyond_the_number_of_lines_is_in_the_totals()
    {
        var traces = new FakeTraces(_python);
        for (var line = 1; line <= 10; line++)
            traces.Add("/srv/app/main.py", line, 10);

        var table = TracemallocReader.Read(PythonProcess.Attach(_python), 10, new TracemallocLimits { Sites = 4, Tracebacks = 2 });

        table.Sites.Length.ShouldBe(4);
        (table.Count, table.Bytes).ShouldBe((10, 100));
        table.Note.ShouldNotBeNull().ShouldContain("6 blocks");
    }

    private AllocationTable Read(int limit = 10) => TracemallocReader.Read(PythonProcess.Attach(_python), limit);

    private long Reads(Action action)
    {
        var before = _python.Memory.Reads;
        action();
        return _python.Memory.Reads - before;
    }

    private static void Fill(FakeTraces traces, int count)
    {
        for (var i = 0; i < count; i++)
            traces.Add("/srv/app/cache.py", 1 + (i % 7), 32 + (16 * (i % 11)));
    }
}
