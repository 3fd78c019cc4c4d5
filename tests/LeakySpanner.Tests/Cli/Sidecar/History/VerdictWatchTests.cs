using LeakySpanner.Model.Findings;
using LeakySpanner.Sidecar.History;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Cli.Sidecar.History;

public sealed class VerdictWatchTests
{
    private readonly VerdictWatch _watch = new();

    [Fact]
    public void A_verdict_stands_after_three_in_a_row()
    {
        Add(Outcome.NoLeak, 20).ShouldBeFalse();
        Add(Outcome.NoLeak, 25).ShouldBeFalse();
        Add(Outcome.Leak, 30).ShouldBeFalse();
        Add(Outcome.NoLeak, 35).ShouldBeFalse();
        Add(Outcome.NoLeak, 40).ShouldBeFalse();
        Add(Outcome.NoLeak, 45).ShouldBeTrue();
        _watch.Standing.Outcome.ShouldBe(Outcome.NoLeak);
        Add(Outcome.NoLeak, 50).ShouldBeFalse();
        _watch.Standing.Watched.TotalSeconds.ShouldBe(50);
    }

    [Fact]
    public void A_leak_needs_a_minute()
    {
        for (var seconds = 20; seconds < 60; seconds += 5)
            Add(Outcome.Leak, seconds).ShouldBeFalse();
        _watch.Standing.Outcome.ShouldBe(Outcome.TooEarlyToTell);
        Add(Outcome.Leak, 60).ShouldBeTrue();
        _watch.Standing.Outcome.ShouldBe(Outcome.Leak);
    }

    private bool Add(Outcome outcome, double seconds) =>
        _watch.Add(new Verdict(outcome, Severity.None, 1, 0, 2, 0.9, null, TimeSpan.FromSeconds(seconds), ""));
}
