using System.Globalization;
using System.Text.RegularExpressions;
using LeakySpanner.LiveTests.Versions;
using LeakySpanner.Testing.Live;
using Shouldly;

namespace LeakySpanner.LiveTests.Sampling;

/// <summary>`run --pid`: the agent is loaded into a program that runs already, and taken out again.</summary>
public sealed partial class AttachTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [PythonTheory(EachVersionOnce = true, Only = "3.14 3.15")]
    public async Task What_a_running_program_allocates_is_told_and_it_runs_on(string name)
    {
        var folder = Directory.CreateTempSubdirectory("leakyspanner-attach-");
        try
        {
            await using var program = await StartAsync(InstalledPython.Named(name), folder);
            var pid = Pid(program);

            // Twice: what was taken out can be put in again.
            for (var round = 0; round < 2; round++)
            {
                var answer = await AttachAsync(folder, pid);

                answer.ExitCode.ShouldBe(0, answer.ToString());
                var found = SampledProgram.Parse(answer.Error, SampledRun.ProfilesIn(folder)).ShouldHaveSingleItem(answer.ToString());
                found.Lines.GetValueOrDefault(SampledRun.LineOf("grows_steadily.py", "leak")).ShouldBeGreaterThan(200_000, answer.ToString());
                answer.Error.ShouldNotContain("could not");
            }

            // It has counted on all the while, and told nothing of an error.
            var line = await program.WaitForLineAsync(Turn(), Bound);
            program.HasExited.ShouldBeFalse(line.Value);
            program.StandardError.ShouldBe("");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [PythonTheory(EachVersionOnce = true, Only = "3.14")]
    public async Task An_owner_who_forbids_it_is_respected(string name)
    {
        var folder = Directory.CreateTempSubdirectory("leakyspanner-attach-");
        try
        {
            await using var program = await StartAsync(InstalledPython.Named(name), folder, "-X", "disable-remote-debug");

            var answer = await AttachAsync(folder, Pid(program));

            answer.ExitCode.ShouldBe(3, answer.ToString());
            answer.Error.ShouldContain("its owner does not allow");
            program.HasExited.ShouldBeFalse();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [LiveFact]
    public async Task An_older_version_is_refused_with_what_to_do_instead()
    {
        var folder = Directory.CreateTempSubdirectory("leakyspanner-attach-");
        try
        {
            await using var program = await StartAsync(InstalledPython.Named("3.11 bookworm"), folder);

            var answer = await AttachAsync(folder, Pid(program));

            answer.ExitCode.ShouldBe(3, answer.ToString());
            answer.Error.ShouldContain("leakyspanner run -- COMMAND");
            program.HasExited.ShouldBeFalse();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<ChildProcess> StartAsync(InstalledPython python, DirectoryInfo folder, params string[] options)
    {
        var script = Path.Combine(folder.FullName, "grows_steadily.py");
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Targets", "grows_steadily.py"), script);
        var command = SampledRun.CommandOf(python, [.. options, script]);
        var program = ChildProcess.Start(command[0], command[1..], "/");
        await program.WaitForLineAsync(Turn(), Bound);
        return program;
    }

    /// <summary>Itself: unshare, sh and chroot become one another.</summary>
    private static int Pid(ChildProcess program) => program.Pid;

    private static async Task<Answer> AttachAsync(DirectoryInfo folder, int pid)
    {
        await using var tool = Tool.StartUnder(
            ["env", $"XDG_CACHE_HOME={folder.FullName}"],
            ["run", "--pid", pid.ToString(CultureInfo.InvariantCulture), "--duration", "3s", "--sample-every", "16", "--format", "collapsed", "--output", Path.Combine(folder.FullName, "{pid}.txt"), "--limit", "100"]);
        return await Tool.EndAsync(tool);
    }

    [GeneratedRegex(@"^turn \d+$")]
    private static partial Regex Turn();
}
