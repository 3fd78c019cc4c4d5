using System.Text.RegularExpressions;
using LeakySpanner.Testing.Live;
using Shouldly;

namespace LeakySpanner.LiveTests;

/// <summary>Targets that are not there, not Python, or go away.</summary>
public sealed partial class BadTargetTests
{
    private static readonly Sample Shop = Sample.Named("shop-api");

    [LiveFact]
    public async Task A_pid_that_nobody_has()
    {
        var answer = await Tool.RunAsync("diagnose", "--pid", "4194305", "--duration", "2s");

        answer.ExitCode.ShouldBe(3, answer.ToString());
        FindingTests.OneLine(answer.Error);
    }

    [LiveFact]
    public async Task A_process_that_is_not_Python()
    {
        await using var sleep = ChildProcess.Start("sleep", ["60"]);

        var answer = await Tool.RunAsync("diagnose", "--pid", $"{sleep.Pid}", "--duration", "2s");

        answer.ExitCode.ShouldBe(3, answer.ToString());
        answer.Error.ShouldContain("Python");
        FindingTests.OneLine(answer.Error);
        sleep.HasExited.ShouldBeFalse();
    }

    /// <summary>It ends while it is watched: what is known is said, and that it ended.</summary>
    [LiveFact]
    public async Task A_process_that_ends_half_way()
    {
        await using var service = await PythonService.StartAsync(Shop);
        await using var tool = Tool.Start("detect", "60", "1", "--pid", $"{service.Pid}");

        await BeingRead(tool);
        service.Process.Signal("KILL");
        var answer = await Tool.EndAsync(tool);

        answer.ExitCode.ShouldBe(3, answer.ToString());
        (answer.Output + answer.Error).ShouldMatch("(?i)gone|ended|exited");
        answer.Error.ShouldNotContain("   at ");
    }

    [LiveFact]
    public async Task An_interrupt_prints_what_is_known_so_far()
    {
        await using var service = await PythonService.StartAsync(Shop);
        await using var tool = Tool.Start("diagnose", "--pid", $"{service.Pid}", "--duration", "120s", "--json");

        await BeingRead(tool);
        tool.Signal("INT");
        var answer = await Tool.EndAsync(tool);

        answer.ExitCode.ShouldBe(0, answer.ToString());
        var diagnosis = new DiagnosisAnswer(answer.Output);
        diagnosis.Leak.ShouldNotBe(true, diagnosis.Text);
        diagnosis.Process.GetProperty("pid").GetInt32().ShouldBe(service.Pid);
        service.Process.HasExited.ShouldBeFalse();
    }

    /// <summary>On a busy machine the first snapshot takes seconds; here the watch asked for is short instead.</summary>
    [LiveFact]
    public async Task A_first_snapshot_that_takes_most_of_the_watch_makes_it_longer()
    {
        await using var service = await PythonService.StartAsync(Shop);

        var answer = await Tool.RunAsync("diagnose", "--pid", $"{service.Pid}", "--duration", "10ms", "--json");

        answer.ExitCode.ShouldBe(0, answer.ToString());
        var diagnosis = new DiagnosisAnswer(answer.Output);
        diagnosis.Text.ShouldContain("the watch was made");
        diagnosis.Text.ShouldNotContain("nothing is known of what holds the growth");
    }

    /// <summary>A stopped target cannot answer, and need not: it is only read.</summary>
    [LiveFact]
    public async Task A_stopped_process_is_read_and_left_stopped()
    {
        await using var service = await PythonService.StartAsync(Shop);
        service.Process.Signal("STOP");

        var answer = await Tool.RunAsync("diagnose", "--pid", $"{service.Pid}", "--duration", "3s", "--json");

        answer.ExitCode.ShouldBe(0, answer.ToString());
        var diagnosis = new DiagnosisAnswer(answer.Output);
        diagnosis.Leak.ShouldNotBe(true, diagnosis.Text);
        diagnosis.ObjectsSeen.ShouldBeGreaterThan(10_000);
        State(service.Pid).ShouldBe("T");
    }

    [OtherPythonFact]
    public async Task Another_build_of_Python_is_read_as_well()
    {
        const string Program = """
            import json, sys, time
            print("ready", sys.version.split()[0], flush=True)
            kept = {}
            n = 0
            while True:
                n += 1
                kept["key-%d" % n] = json.loads('{"number": %d, "values": [1, 2, 3], "text": "%s"}' % (n, "x" * 300))
                if n % 20 == 0:
                    time.sleep(0.01)
            """;
        await using var python = ChildProcess.Start(LiveParts.OtherPython!, ["-c", Program]);
        var version = await python.WaitForLineAsync(Ready(), TimeSpan.FromSeconds(30));

        var answer = await Tool.RunAsync("diagnose", "--pid", $"{python.Pid}", "--duration", "20s", "--json");

        answer.ExitCode.ShouldBe(1, answer.ToString());
        var diagnosis = new DiagnosisAnswer(answer.Output);
        diagnosis.Process.GetProperty("runtime").GetString().ShouldBe($"CPython {version.Groups["version"].Value}");
        diagnosis.Differences(new Culprit(["container"], "kept", null, null, null)).ShouldBeEmpty(diagnosis.Text);
    }

    /// <summary>Returns once the tool has opened the memory of its target, or has reported that it watches.</summary>
    internal static async Task BeingRead(ChildProcess tool, int pins = 1)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!tool.HasExited && CountPidfds(tool.Pid) < pins)
            await timer.WaitForNextTickAsync(bound.Token);
        tool.HasExited.ShouldBeFalse(tool.StandardError);
    }

    /// <summary>The tool pins its target by a pidfd, which shows among its descriptors.</summary>
    private static int CountPidfds(int pid)
    {
        try
        {
            return Directory.GetFileSystemEntries($"/proc/{pid}/fd").Count(entry => new FileInfo(entry).LinkTarget is { } target && target.Contains("[pidfd]", StringComparison.Ordinal));
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static string State(int pid) => File.ReadAllText($"/proc/{pid}/stat").Split(") ")[1][..1];

    [GeneratedRegex("^ready (?<version>[0-9.]+)")]
    private static partial Regex Ready();
}
