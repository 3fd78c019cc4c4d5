using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.CPython.Tracemalloc;
using LeakySpanner.Testing.Python;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.CPython.Tracemalloc;

/// <summary>The forms that tracemalloc's tables have had, each in a fake process.</summary>
public sealed class TracemallocVersionsTests
{
    private const string File = "/srv/app/\u00e9\u4e2d/cache.py";

    public static TheoryData<string> Versions => ["3.8", "3.9", "3.12", "3.13", "3.14", "3.15"];

    [Theory]
    [MemberData(nameof(Versions))]
    public void Blocks_are_summed_by_line_in_every_version(string version)
    {
        var python = PythonOf(version);
        var traces = new FakeTraces(python);
        for (var i = 0; i < 40; i++)
            traces.Add(File, 42, 600 + i);
        traces.Add("/srv/app/main.py", 7, 11);

        var table = TracemallocReader.Read(PythonProcess.Attach(python), 10);

        table.Note.ShouldBeNull();
        table.IsTracing.ShouldBeTrue();
        table.Sites.ShouldBe([new(File, 42, 40, 24_780), new("/srv/app/main.py", 7, 1, 11)]);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Off_is_off_in_every_version(string version)
    {
        var python = PythonOf(version);
        _ = new FakeTraces(python) { Tracing = false };

        TracemallocReader.Read(PythonProcess.Attach(python), 10).IsTracing.ShouldBeFalse();
    }

    [Theory]
    [InlineData("3.9")]
    [InlineData("3.12")]
    [InlineData("3.15")]
    public void Domains_of_extensions_count_too(string version)
    {
        var python = PythonOf(version);
        var traces = new FakeTraces(python);
        traces.Add(File, 1, 10);
        traces.Add(traces.NewDomain(389047), File, 1, 80_000);

        TracemallocReader.Read(PythonProcess.Attach(python), 10).Sites.ShouldBe([new(File, 1, 2, 80_010)]);
    }

    [Fact]
    public void To_3_8_a_domain_is_part_of_a_key()
    {
        var python = PythonOf("3.8");
        var traces = new FakeTraces(python);
        traces.AddWithDomain(0, traces.Traceback(File, 1), 10);
        traces.AddWithDomain(389047, traces.Traceback(File, 1), 80_000);

        var table = TracemallocReader.Read(PythonProcess.Attach(python), 10);

        (table.Sites.Single(), table.Note).ShouldBe((new(File, 1, 2, 80_010), null));
    }

    /// <summary>Whose end may be the last that can be read, or may not be there.</summary>
    [Fact]
    public void A_file_name_without_an_end_is_no_name()
    {
        var python = PythonOf("3.15");
        var traces = new FakeTraces(python);
        var name = python.InNative(64 * 1024);
        python.Memory.Write(name, Enumerable.Repeat((byte)'x', 64 * 1024).ToArray());
        var traceback = traces.Traceback(File, 1);
        traces.WriteFrame(traceback + python.Layout.Tracemalloc.TracebackFrames, name, 1);
        traces.Add(traces.Table, 0x7f00_0010_0000, 100, traceback);

        var table = TracemallocReader.Read(PythonProcess.Attach(python), 10);

        (table.Count, table.Sites.Length).ShouldBe((0, 0));
        table.Note.ShouldNotBeNull();
    }

    private static FakePython PythonOf(string version) => new(Python311.Layout with { Tracemalloc = LayoutOf(version) });

    private static TracemallocLayout LayoutOf(string version) =>
        version switch
        {
            "3.8" => TracemallocLayouts.Python38,
            "3.9" => TracemallocLayouts.Python39,
            "3.12" => TracemallocLayouts.Python312,
            "3.13" => TracemallocLayouts.Python313,
            "3.14" => TracemallocLayouts.Python314,
            _ => TracemallocLayouts.Python315,
        };
}
