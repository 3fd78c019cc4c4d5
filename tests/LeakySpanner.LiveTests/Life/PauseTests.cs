using System.Text.Json;
using System.Text.RegularExpressions;
using LeakySpanner.Testing.Live;
using Shouldly;
using Xunit;

namespace LeakySpanner.LiveTests.Life;

/// <summary>`--pause`: the process as of one moment, and running again whatever becomes of us.</summary>
public sealed partial class PauseTests
{
    private static readonly TimeSpan Start = TimeSpan.FromSeconds(60);

    [LiveFact]
    public async Task A_paused_census_of_a_process_that_mutates_without_end_is_of_one_moment_and_tells_the_length()
    {
        await using var process = await MutatingAsync(40_000);

        var answer = await Tool.RunAsync("census", "--pause", "--json", "--pid", $"{process.Pid}");

        answer.ExitCode.ShouldBe(0, answer.ToString());
        var coverage = JsonDocument.Parse(answer.Output).RootElement.GetProperty("coverage");
        coverage.GetProperty("paused_ms").GetDouble().ShouldBeGreaterThan(0);

        // The one pool whose blocks it was just handing out or taking back.
        coverage.GetProperty("faults").GetInt64().ShouldBeLessThanOrEqualTo(2, answer.ToString());
        Processes.State(process.Pid).ShouldNotBe('t');
    }

    [LiveFact]
    public async Task A_paused_snapshot_of_a_process_that_mutates_without_end_is_of_one_moment()
    {
        await using var process = await MutatingAsync(40_000);
        var folder = Directory.CreateTempSubdirectory("leakyspanner-");

        var answer = await Tool.RunAsync("snapshot", "--pause", "-o", Path.Combine(folder.FullName, "heap"), "--pid", $"{process.Pid}");
        folder.Delete(recursive: true);

        answer.ExitCode.ShouldBe(0, answer.ToString());
        answer.Output.ShouldContain("paused");
        answer.Output.ShouldNotContain("changed between two looks");
    }

    /// <summary>The kernel lets go of what a dead tracer held. Our end is timed by its state; where a pause was too short to be seen, another try is made.</summary>
    [LiveFact]
    public async Task A_process_runs_on_when_we_are_killed_while_it_is_paused()
    {
        await using var process = await MutatingAsync(400_000);
        for (var attempt = 0; attempt < 5; attempt++)
        {
            await using var tool = Tool.Start("census", "--pause", "--pid", $"{process.Pid}");
            var seen = false;
            while (!seen && !tool.HasExited)
                seen = Processes.State(process.Pid) == 't';
            tool.Signal("KILL");
            await tool.WaitForExitAsync(Start);

            await Eventually.BecomesTrueAsync(() => Processes.State(process.Pid) is 'R' or 'S', Start, () => $"state {Processes.State(process.Pid)}");
            if (seen)
                return;
        }

        Assert.Fail("in five tries the process was never seen paused");
    }

    private static async Task<ChildProcess> MutatingAsync(int records)
    {
        var process = ChildProcess.Start(PythonService.Interpreter, [Path.Combine(AppContext.BaseDirectory, "Targets", "mutates.py"), $"{records}"]);
        await process.WaitForLineAsync(Ready(), Start);
        return process;
    }

    [GeneratedRegex("^ready")]
    private static partial Regex Ready();
}
