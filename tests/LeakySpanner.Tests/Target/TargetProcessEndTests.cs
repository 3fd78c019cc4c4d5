using System.Diagnostics;
using LeakySpanner.Target;
using LeakySpanner.Target.Linux;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Target;

public sealed class TargetProcessEndTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("read line; exec sleep 600")]
    [InlineData("read line; exec sh -c 'read line'")]
    public void Another_program_in_the_same_process_is_noticed_even_if_it_is_from_the_same_file(string script)
    {
        using var child = Shell(script);
        using var process = TargetProcess.Open(child.Id);
        process.HasNewProgram.ShouldBeFalse();
        process.EnsureUnchanged();

        child.StandardInput.WriteLine("go");
        child.StandardInput.Flush();

        SpinWait.SpinUntil(() => process.HasNewProgram, Bound).ShouldBeTrue();
        process.IsAlive.ShouldBeTrue();
        process.IsUnchanged.ShouldBeFalse();
        Should.Throw<TargetException>(process.EnsureUnchanged).Message.ShouldContain("exec");
        End(child);
    }

    [Fact]
    public void A_process_that_lives_has_not_ended()
    {
        using var process = TargetProcess.Open(Environment.ProcessId);

        process.ReadExit().ShouldBeNull();
        process.IsPidReused.ShouldBeFalse();
        process.IsUnchanged.ShouldBeTrue();
    }

    /// <summary>Between two programs a process has no memory for a moment; this one is between two programs most of the time.</summary>
    [Fact]
    public void A_process_that_is_just_starting_a_program_can_be_opened()
    {
        using var shell = Shell("export again='exec bash -c \"$again\"'; echo; eval \"$again\"");
        shell.StandardOutput.ReadLine();

        for (var opened = 0; opened < 300; opened++)
            TargetProcess.Open(shell.Id).Dispose();

        End(shell);
    }

    /// <summary>Its parent, a shell that is stopped, has not asked for it: the one moment in which every kernel tells.</summary>
    [Theory]
    [InlineData("exit 7", 7, null)]
    [InlineData("kill -SEGV $$", null, 11)]
    public void How_a_process_ended_is_told_though_it_is_no_child_of_ours(string how, int? code, int? signal)
    {
        using var parent = Shell($"sh -c 'read line; {how}' <&0 & echo $!; kill -STOP $$; wait");
        var child = int.Parse(parent.StandardOutput.ReadLine()!, System.Globalization.CultureInfo.InvariantCulture);
        using var process = TargetProcess.Open(child);
        using var shell = TargetProcess.Open(parent.Id);
        SpinWait.SpinUntil(() => shell.ReadStat().IsStopped, Bound).ShouldBeTrue();
        shell.ReadChildren().ShouldContain(child);

        parent.StandardInput.WriteLine("go");
        parent.StandardInput.Flush();

        SpinWait.SpinUntil(() => process.HasExited, Bound).ShouldBeTrue();
        process.ReadExit().ShouldBe(new ExitStatus(code, signal));
        Should.Throw<TargetException>(process.EnsureUnchanged).Failure.ShouldBe(TargetFailure.Gone);
        End(parent);
    }

    private static Process Shell(string script) =>
        Process.Start(new ProcessStartInfo("/bin/bash", ["-c", script]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;

    private static void End(Process process)
    {
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
    }
}
