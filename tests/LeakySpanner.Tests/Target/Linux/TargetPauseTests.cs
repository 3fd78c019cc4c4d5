using System.Diagnostics;
using LeakySpanner.Target;
using LeakySpanner.Target.Linux;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Target.Linux;

public sealed class TargetPauseTests : IDisposable
{
    private readonly Process child = Process.Start(new ProcessStartInfo("sleep", "600"))!;

    public void Dispose()
    {
        child.Kill();
        child.WaitForExit();
        child.Dispose();
    }

    [Fact]
    public void A_process_stands_still_until_the_pause_is_over()
    {
        using var process = TargetProcess.Open(child.Id);

        using (var pause = process.Pause(TimeSpan.FromMinutes(1)))
        {
            pause.IsComplete.ShouldBeTrue();
            pause.HasLapsed.ShouldBeFalse();
            process.ReadStat().State.ShouldBe('t');
            Should.Throw<TargetException>(process.EnsureRunning).Failure.ShouldBe(TargetFailure.Stopped);
        }

        process.ReadStat().IsStopped.ShouldBeFalse();
        process.EnsureRunning();
        process.ReadStatus().TracerPid.ShouldBe(0);
    }

    [Fact]
    public void A_pause_ends_by_itself_when_its_bound_is_reached()
    {
        using var process = TargetProcess.Open(child.Id);

        using var pause = process.Pause(TimeSpan.FromMilliseconds(50));

        SpinWait.SpinUntil(() => pause.HasLapsed && !process.ReadStat().IsStopped, TimeSpan.FromSeconds(20)).ShouldBeTrue();
        pause.Elapsed.ShouldBeGreaterThan(TimeSpan.Zero);
    }

    [Fact]
    public void A_process_can_be_paused_again_and_again()
    {
        using var process = TargetProcess.Open(child.Id);

        for (var i = 0; i < 50; i++)
            process.Pause(TimeSpan.FromMinutes(1)).Dispose();

        process.EnsureRunning();
    }

    [Fact]
    public void A_process_that_another_traces_is_refused_with_its_tracer()
    {
        using var process = TargetProcess.Open(child.Id);
        using var first = process.Pause(TimeSpan.FromMinutes(1));

        var trouble = Should.Throw<TargetException>(() => process.Pause(TimeSpan.FromMinutes(1)));

        trouble.Failure.ShouldBe(TargetFailure.NotPermitted);
        trouble.Message.ShouldContain("trace");
    }

    [Fact]
    public void A_process_that_was_stopped_before_stays_so_and_one_that_is_continued_meanwhile_runs()
    {
        using var process = TargetProcess.Open(child.Id);
        Signal("-STOP");
        SpinWait.SpinUntil(() => process.ReadStat().State == 'T', TimeSpan.FromSeconds(20)).ShouldBeTrue();

        process.Pause(TimeSpan.FromMinutes(1)).Dispose();
        SpinWait.SpinUntil(() => process.ReadStat().State == 'T', TimeSpan.FromSeconds(20)).ShouldBeTrue();

        using (var pause = process.Pause(TimeSpan.FromMinutes(1)))
        {
            pause.IsComplete.ShouldBeTrue();
            Signal("-CONT");
        }

        SpinWait.SpinUntil(() => !process.ReadStat().IsStopped, TimeSpan.FromSeconds(20)).ShouldBeTrue();
    }

    private void Signal(string signal)
    {
        using var kill = Process.Start("kill", [signal, child.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    [Fact]
    public void A_process_that_is_gone_cannot_be_paused()
    {
        using var process = TargetProcess.Open(child.Id);
        child.Kill();
        child.WaitForExit();

        Should.Throw<TargetException>(() => process.Pause(TimeSpan.FromMinutes(1))).Failure.ShouldBe(TargetFailure.Gone);
        Should.Throw<TargetException>(() => TargetPause.Start(child.Id, TimeSpan.FromMinutes(1))).Failure.ShouldBe(TargetFailure.Gone);
    }
}
