using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using LeakySpanner.Testing.Live;
using Shouldly;
using Xunit;

namespace LeakySpanner.LiveTests.Life;

/// <summary>However a process ends while it is watched: it is told for what it is, and what was known is printed.</summary>
public sealed partial class EndOfTargetTests
{
    private const int LimitMB = 160;

    private static readonly TimeSpan Start = TimeSpan.FromSeconds(60);

    /// <summary>A machine that is too busy to read the process before its end is given more time, twice.</summary>
    [MemoryGroupFact]
    public async Task A_process_that_the_kernel_kills_for_its_memory_is_diagnosed_all_the_same()
    {
        var differences = await DiagnoseUntilKilledAsync(megabytesPerSecond: 8);
        if (differences.Count > 0)
            differences = await DiagnoseUntilKilledAsync(megabytesPerSecond: 4);
        if (differences.Count > 0)
            differences = await DiagnoseUntilKilledAsync(megabytesPerSecond: 2);

        differences.ShouldBeEmpty();
    }

    /// <returns>In which points the culprit is not named.</returns>
    private static async Task<IReadOnlyList<string>> DiagnoseUntilKilledAsync(int megabytesPerSecond)
    {
        using var group = MemoryGroup.Make(LimitMB << 20);
        using var channel = new Fifo();
        var (file, arguments) = group.Run(PythonService.Interpreter, Target("fills_up.py"), channel.Path, $"{megabytesPerSecond}");
        await using var process = ChildProcess.Start(file, arguments);
        await process.WaitForLineAsync(Ready(), Start);
        await using var tool = Tool.Start("diagnose", "--pid", $"{process.Pid}", "--duration", "120s", "--json");
        await BadTargetTests.BeingRead(tool);

        channel.Say("go");
        var answer = await Tool.EndAsync(tool);

        answer.ExitCode.ShouldBe(3, answer.ToString());
        var ended = JsonDocument.Parse(answer.Output).RootElement.GetProperty("ended");
        ended.GetProperty("kind").GetString().ShouldBe("out_of_memory", answer.ToString());
        ended.GetProperty("signal").GetString().ShouldBeOneOf("SIGKILL", null);
        ended.GetProperty("limit_bytes").GetInt64().ShouldBe((long)LimitMB << 20);
        DateTimeOffset.TryParse(ended.GetProperty("at").GetString(), out _).ShouldBeTrue();
        var diagnosis = new DiagnosisAnswer(answer.Output);
        var differences = diagnosis.Differences(new Culprit(["container"], "kept", null, null, null));
        return differences.Count == 0 ? [] : [.. differences, diagnosis.Text];
    }

    [LiveTheory]
    [InlineData("exit 7", "ended by itself with exit code 7")]
    [InlineData("signal 15", "SIGTERM ended it")]
    [InlineData("exec", "replaced its program by another (exec)")]
    public async Task How_it_ended_is_told(string what, string told)
    {
        using var channel = new Fifo();
        await using var process = ChildProcess.Start(PythonService.Interpreter, [Target("changes.py"), channel.Path]);
        await process.WaitForLineAsync(Ready(), Start);
        await using var tool = Tool.Start("detect", "120", "1", "--pid", $"{process.Pid}");
        await tool.WaitForLineAsync(Sample(), Start);

        channel.Say(what);
        var answer = await Tool.EndAsync(tool);

        answer.ExitCode.ShouldBe(3, answer.ToString());
        var words = string.Join(' ', answer.Output.Split((char[])[' ', '\n', '\u00a0'], StringSplitOptions.RemoveEmptyEntries));

        // Before Linux 6.15 only the parent is told how it ended, and ours has asked at once.
        if (what == "exec" || !words.Contains("nobody tells how", StringComparison.Ordinal))
            words.ShouldContain(told);
        words.ShouldContain("into the watch");
    }

    private static string Target(string name) => Path.Combine(AppContext.BaseDirectory, "Targets", name);

    [GeneratedRegex("^ready")]
    private static partial Regex Ready();

    [GeneratedRegex("RSS")]
    private static partial Regex Sample();

    /// <summary>By which a target is told what to do, at a moment that the test chooses.</summary>
    private sealed class Fifo : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("leakyspanner-");

        public Fifo()
        {
            using var make = Process.Start("mkfifo", [Path]);
            make.WaitForExit();
        }

        public string Path => System.IO.Path.Combine(_folder.FullName, "channel");

        public void Say(string what)
        {
            using var stream = new FileStream(Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            stream.Write(System.Text.Encoding.ASCII.GetBytes(what));
        }

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
