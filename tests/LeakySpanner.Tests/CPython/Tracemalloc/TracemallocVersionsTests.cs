using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.CPython.Tracemalloc;
using LeakySpanner.Testing.Python;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.CPython.Tracemalloc;

/// <summary>tracemalloc's tables in every version that can be read, each in a fake process.</summary>
public sealed class TracemallocVersionsTests
{
    private const string File = "/srv/app/cache.py";

    public static TheoryData<string> Versions => [.. SupportedLayouts.All.Select(layout => layout.Version.ToString())];

    [Theory]
    [MemberData(nameof(Versions))]
    public void Blocks_are_summed_by_line(string version)
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
    public void Off_is_off(string version)
    {
        var python = PythonOf(version);
        _ = new FakeTraces(python) { Tracing = false };

        TracemallocReader.Read(PythonProcess.Attach(python), 10).IsTracing.ShouldBeFalse();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Domains_of_extensions_count_too(string version)
    {
        var python = PythonOf(version);
        var traces = new FakeTraces(python);
        if (python.Layout.Tracemalloc.Inline is null)
        {
            traces.Add(File, 1, 10);
            traces.Add(traces.NewDomain(389047), File, 1, 80_000);
        }
        else
        {
            traces.AddWithDomain(0, traces.Traceback(File, 1), 10);
            traces.AddWithDomain(389047, traces.Traceback(File, 1), 80_000);
        }

        var table = TracemallocReader.Read(PythonProcess.Attach(python), 10);

        table.Note.ShouldBeNull();
        table.Sites.ShouldBe([new(File, 1, 2, 80_010)]);
    }

    /// <summary>Longer than one piece that is read, at whatever place in it a name begins.</summary>
    [Fact]
    public void File_names_in_bytes_are_read_to_their_end()
    {
        var python = new FakePython(Python315.Layout);
        var traces = new FakeTraces(python);
        var names = Enumerable.Range(1, 150).Select(length => "/srv/\u00e9\u4e2d/" + new string('x', length)).ToArray();
        foreach (var name in names)
            traces.Add(name, 1, 1000);

        var table = TracemallocReader.Read(PythonProcess.Attach(python), 1000);

        table.Sites.Select(site => site.File).ShouldBe(names, ignoreOrder: true);
    }

    [Fact]
    public void A_file_name_without_an_end_is_no_name()
    {
        var python = new FakePython(Python315.Layout);
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

    private static FakePython PythonOf(string version) => new(SupportedLayouts.Find(Version.Parse(version))!);
}
