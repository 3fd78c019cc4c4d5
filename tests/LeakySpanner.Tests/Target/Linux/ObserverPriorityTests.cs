using System.Diagnostics;
using System.Globalization;
using LeakySpanner.Target.Linux;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Target.Linux;

public sealed class ObserverPriorityTests
{
    [Fact]
    public void A_lowered_process_is_as_nice_as_was_asked()
    {
        using var child = Process.Start(new ProcessStartInfo("sleep", "600"))!;

        var lowered = ObserverPriority.Lower(child.Id, 10);
        var words = File.ReadAllText($"/proc/{child.Id}/stat").Split(' ');
        child.Kill();
        child.WaitForExit();

        lowered.ShouldBeTrue();
        int.Parse(words[18], CultureInfo.InvariantCulture).ShouldBeGreaterThanOrEqualTo(10);
    }

    [Fact]
    public void Nobody_cannot_be_lowered() => ObserverPriority.Lower(int.MaxValue, 10).ShouldBeFalse();
}
