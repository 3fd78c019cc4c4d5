using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.CPython.Tracemalloc;
using LeakySpanner.LiveTests.Versions;
using LeakySpanner.Model.Usage;
using LeakySpanner.Target;
using LeakySpanner.Testing.Live;
using Shouldly;

namespace LeakySpanner.LiveTests;

/// <summary>tracemalloc's table read from outside says what take_snapshot() and statistics("lineno") say inside, line for line.</summary>
public sealed class AllocationTruthTests
{
    /// <summary>Far above all that the script ever holds, far below what one link of malloc's is as a number.</summary>
    private const long MostBytes = 120L << 20;

    /// <summary>What is made on one line and stays: strings, their list and its array.</summary>
    private const int Kept = 60_001;

    [LiveFact]
    public void Every_line_has_the_count_and_bytes_that_a_snapshot_tells() => Compare(PythonService.Interpreter, frames: 1);

    [LiveFact]
    public void So_it_has_with_long_tracebacks() => Compare(PythonService.Interpreter, frames: 25);

    [OtherPythonFact]
    public void So_it_has_in_another_build_of_the_same_version() => Compare(LiveParts.OtherPython!, frames: 4);

    [PythonTheory(EachVersionOnce = true)]
    public async Task So_it_has_in_every_version(string name)
    {
        using var script = new ScriptProcess(InstalledPython.Named(name), Path.Combine(AppContext.BaseDirectory, "Targets", "traced.py"), "4");
        await script.ReceiveAsync();
        using var target = TargetProcess.Open(script.Pid);

        var table = TracemallocReader.Read(PythonProcess.Attach(target), int.MaxValue);

        ShouldAgree(table, Sites(await script.AskAsync("")));
    }

    [LiveFact]
    public void What_stays_is_found_while_other_things_come_and_go()
    {
        foreach (var table in ReadBeside(allocations: "1000"))
        {
            ((double)table.Kept).ShouldBe(Kept, Kept * 0.02, table.Note);
            table.Bytes.ShouldBeLessThan(MostBytes);
            (table.Note?.Contains("missing", StringComparison.Ordinal) ?? false).ShouldBeFalse(table.Note);
        }
    }

    /// <summary>Worse than any service: the table is replaced many times a second.</summary>
    [LiveFact]
    public void What_is_missing_of_a_table_that_never_stands_still_is_said()
    {
        var tables = ReadBeside(allocations: "100000");

        tables.ShouldAllBe(table => table.Kept <= Kept && table.Bytes < MostBytes);
        tables.Count(table => table.Kept > Kept * 0.9 || table.Note is not null).ShouldBeGreaterThan(tables.Count * 3 / 4, string.Join('\n', tables));
    }

    [LiveFact]
    public void A_process_without_tracing_is_told_how_to_turn_it_on()
    {
        using var process = Process.Start(new ProcessStartInfo(PythonService.Interpreter, ["-c", "import os; os.write(1, b'\\n'); os.read(0, 1)"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        try
        {
            process.StandardOutput.ReadLine();
            using var target = TargetProcess.Open(process.Id);

            var table = TracemallocReader.Read(PythonProcess.Attach(target), 10);

            table.IsTracing.ShouldBeFalse();
            table.Note.ShouldNotBeNull().ShouldContain("PYTHONTRACEMALLOC=1");
        }
        finally
        {
            process.StandardInput.Close();
            process.WaitForExit();
        }
    }

    [LiveFact]
    public async Task The_command_shows_the_largest_lines()
    {
        using var traced = new Traced(PythonService.Interpreter, "1");

        var answer = await Tool.RunAsync("allocations", "--pid", traced.Pid.ToString(CultureInfo.InvariantCulture), "--limit", "3", "--json");

        answer.ExitCode.ShouldBe(0, answer.ToString());
        using var json = JsonDocument.Parse(answer.Output);
        var sites = json.RootElement.GetProperty("sites");
        sites.GetArrayLength().ShouldBe(3);
        sites.EnumerateArray().Select(site => site.GetProperty("file").GetString()).ShouldContain(traced.Script);
    }

    private static List<(long Kept, long Bytes, string? Note)> ReadBeside(string allocations)
    {
        using var traced = new Traced(PythonService.Interpreter, "1", allocations);
        using var target = TargetProcess.Open(traced.Pid);
        var python = PythonProcess.Attach(target);
        var found = new List<(long, long, string?)>();
        for (var i = 0; i < 10; i++)
        {
            var table = TracemallocReader.Read(python, int.MaxValue);
            found.Add((table.Sites.SingleOrDefault(site => site.Line == traced.KeptLine && site.File == traced.Script).Count, table.Bytes, table.Note));
        }

        return found;
    }

    private static void Compare(string interpreter, int frames)
    {
        using var traced = new Traced(interpreter, frames.ToString(CultureInfo.InvariantCulture));
        using var target = TargetProcess.Open(traced.Pid);

        var table = TracemallocReader.Read(PythonProcess.Attach(target), int.MaxValue);

        ShouldAgree(table, traced.TakeSnapshot());
    }

    private static void ShouldAgree(AllocationTable table, AllocationSite[] told)
    {
        table.Note.ShouldBeNull();

        // Taking a snapshot allocates a little itself.
        var read = table.Sites.ToDictionary(site => (site.File, site.Line));
        var different = told
            .Where(site => !site.File.EndsWith("tracemalloc.py", StringComparison.Ordinal))
            .Where(site => !read.TryGetValue((site.File, site.Line), out var ours) || ours != site)
            .ToArray();
        different.ShouldBeEmpty(string.Join('\n', different.Select(site => $"{site}, where we read {read.GetValueOrDefault((site.File, site.Line))}")));
        told.Sum(site => site.Count).ShouldBeGreaterThan(Kept);
        told.ShouldContain(site => site.File == "<a generated file é中>" && site.Count >= 100);
        told.ShouldContain(site => site.Count >= 1000 && site.Bytes >= 10_000_000, "the domain's blocks");
    }

    private static AllocationSite[] Sites(string snapshot)
    {
        using var json = JsonDocument.Parse(snapshot);
        return [.. json.RootElement.EnumerateArray().Select(site => new AllocationSite(
            site.GetProperty("file").GetString()!, site.GetProperty("line").GetInt32(), site.GetProperty("count").GetInt64(), site.GetProperty("bytes").GetInt64()))];
    }

    /// <summary>Targets/traced.py, which waits.</summary>
    private sealed class Traced : IDisposable
    {
        private readonly Process _process;

        public Traced(string interpreter, params string[] arguments)
        {
            _process = Process.Start(new ProcessStartInfo(interpreter, [Script, .. arguments])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                StandardOutputEncoding = System.Text.Encoding.UTF8,
            })!;
            KeptLine = int.Parse(_process.StandardOutput.ReadLine().ShouldNotBeNull(), CultureInfo.InvariantCulture);
        }

        public string Script { get; } = Path.Combine(AppContext.BaseDirectory, "Targets", "traced.py");

        public int Pid => _process.Id;

        public int KeptLine { get; }

        public AllocationSite[] TakeSnapshot()
        {
            _process.StandardInput.Close();
            return Sites(_process.StandardOutput.ReadLine().ShouldNotBeNull());
        }

        public void Dispose()
        {
            _process.StandardInput.Close();
            _process.WaitForExit();
            _process.Dispose();
        }
    }
}
