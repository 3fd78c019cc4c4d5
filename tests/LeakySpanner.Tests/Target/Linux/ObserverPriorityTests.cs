using System.Diagnostics;
using System.Globalization;
using LeakySpanner.Target.Linux;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Target.Linux;

public sealed class ObserverPriorityTests
{
    [Fact]
    public void A_lowered_process_runs_only_when_nobody_else_wants_to()
    {
        using var child = Process.Start(new ProcessStartInfo("sleep", "600"))!;

        var lowered = ObserverPriority.Lower(child.Id);
        var words = File.ReadAllText($"/proc/{child.Id}/stat").Split(' ');
        child.Kill();
        child.WaitForExit();

        lowered.ShouldBeTrue();
        var niceness = int.Parse(words[18], CultureInfo.InvariantCulture);
        var policy = int.Parse(words[40], CultureInfo.InvariantCulture);
        (policy == 5 || niceness == 19).ShouldBeTrue($"policy {policy}, niceness {niceness}");
    }

    [Fact]
    public void Nobody_cannot_be_lowered() => ObserverPriority.Lower(int.MaxValue).ShouldBeFalse();
}
