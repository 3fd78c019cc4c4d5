using System.Text.Json;
using System.Text.RegularExpressions;
using LeakySpanner.Testing.Live;
using Shouldly;

namespace LeakySpanner.LiveTests;

/// <summary>Processes that see another root, other pids and other users than we do, read from the host.</summary>
public sealed partial class ContainerTests
{
    private const string Leaking = """
        import json, time
        kept = {}
        print("ready", flush=True)
        n = 0
        while True:
            n += 1
            kept["key-%d" % n] = json.loads('{"number": %d, "values": [1, 2, 3], "text": "%s"}' % (n, "x" * 300))
            if n % 20 == 0:
                time.sleep(0.01)
        """;

    private const string Quiet = """
        import threading
        kept = {str(n): [n] for n in range(50000)}
        print("ready", flush=True)
        threading.Event().wait()
        """;

    [NamespaceFact]
    public async Task A_leak_behind_namespaces_and_another_root_is_diagnosed_from_the_host()
    {
        await using var python = await IsolatedPython.StartAsync(Leaking);

        var answer = await Tool.RunAsync("diagnose", "--pid", $"{python.Pid}", "--duration", "20s", "--json");

        answer.ExitCode.ShouldBe(1, answer.ToString());
        var diagnosis = new DiagnosisAnswer(answer.Output);
        diagnosis.Process.GetProperty("pid").GetInt32().ShouldBe(python.Pid);
        diagnosis.Process.GetProperty("innermost_pid").GetInt32().ShouldBe(1);
        diagnosis.Differences(new Culprit(["container"], "kept", null, null, null)).ShouldBeEmpty(diagnosis.Text);
    }

    [NamespaceFact]
    public async Task Doctor_says_that_it_can_be_diagnosed_and_how_it_sees_itself()
    {
        await using var python = await IsolatedPython.StartAsync(Quiet);

        var answer = await Tool.RunAsync("doctor", "--pid", $"{python.Pid}", "--json");

        answer.ExitCode.ShouldBe(0, answer.ToString());
        using var json = JsonDocument.Parse(answer.Output);
        var process = json.RootElement.GetProperty("processes")[0];
        process.GetProperty("innermost_pid").GetInt32().ShouldBe(1);
        process.GetProperty("runtime").GetString().ShouldStartWith("CPython 3.11");
        Finding(process, "python").GetProperty("text").GetString().ShouldEndWith("in the executable " + IsolatedPython.Executable);
        Finding(process, "malloc").GetProperty("text").GetString().ShouldStartWith("glibc's");
        Finding(process, "tracemalloc").GetProperty("state").GetString().ShouldBe("note");
    }

    /// <summary>As after an upgrade of the package below a running service.</summary>
    [LiveFact]
    public async Task An_executable_that_is_deleted_is_read_all_the_same()
    {
        var copy = Path.Combine(Directory.CreateTempSubdirectory("leakyspanner-deleted-").FullName, "python3.11");
        File.Copy(File.ResolveLinkTarget(PythonService.Interpreter, returnFinalTarget: true)!.FullName, copy);
        await using var python = ChildProcess.Start(copy, ["-c", Quiet]);
        await python.WaitForLineAsync(Ready(), TimeSpan.FromSeconds(60));
        Directory.Delete(Path.GetDirectoryName(copy)!, recursive: true);

        var answer = await Tool.RunAsync("census", "--pid", $"{python.Pid}", "--json");

        answer.ExitCode.ShouldBe(0, answer.ToString());
        using var json = JsonDocument.Parse(answer.Output);
        json.RootElement.GetProperty("types").EnumerateArray().Single(type => type.GetProperty("type").GetString() == "list")
            .GetProperty("count").GetInt64().ShouldBeGreaterThanOrEqualTo(50_000);
    }

    /// <summary>As root in a container has it: uid 0 and few capabilities, before a process that has more.</summary>
    [RootFact]
    public async Task Without_the_capability_doctor_says_which_one_is_missing()
    {
        await using var python = ChildProcess.Start(PythonService.Interpreter, ["-c", Quiet]);
        await python.WaitForLineAsync(Ready(), TimeSpan.FromSeconds(60));
        await using var tool = Tool.StartUnder(["setpriv", "--inh-caps=-sys_ptrace", "--bounding-set=-sys_ptrace"], "doctor", "--pid", $"{python.Pid}", "--json");

        var answer = await Tool.EndAsync(tool);

        answer.ExitCode.ShouldBe(3, answer.ToString());
        using var json = JsonDocument.Parse(answer.Output);
        var access = Finding(json.RootElement.GetProperty("processes")[0], "access");
        access.GetProperty("state").GetString().ShouldBe("broken");
        access.GetProperty("text").GetString()!.ShouldContain("it holds capabilities that we do not");
        access.GetProperty("remedies").GetArrayLength().ShouldBeGreaterThan(0);
        python.HasExited.ShouldBeFalse();
    }

    private static JsonElement Finding(JsonElement process, string name) =>
        process.GetProperty("findings").EnumerateArray().Single(finding => finding.GetProperty("name").GetString() == name);

    [GeneratedRegex("^ready")]
    private static partial Regex Ready();
}
