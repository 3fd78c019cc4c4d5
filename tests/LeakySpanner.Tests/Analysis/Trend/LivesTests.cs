using LeakySpanner.Analysis.Trend;
using LeakySpanner.Model;
using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Usage;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Analysis.Trend;

public sealed class LivesTests
{
    private static readonly ByteSize Limit = ByteSize.FromMB(512);

    [Fact]
    public void A_sawtooth_whose_drops_are_restarts_is_a_leak()
    {
        var samples = Sawtooth(teeth: 5, minutes: 40);
        var restarts = Enumerable.Range(1, 4).Select(tooth => TimeSpan.FromMinutes((tooth * 40) - 0.5)).ToList();

        var lives = Lives.Split(samples, restarts, null);
        lives.Count.ShouldBe(5);
        var verdict = Lives.Together([.. lives.Select(life => GrowthJudge.Judge(samples.AsSpan()[life], Limit))], samples.AsSpan()[lives[^1]], Limit);

        verdict.Outcome.ShouldBe(Outcome.Leak);
        (verdict.GrowthPerMinute / ByteSize.MB).ShouldBe(10, 0.2);
        verdict.Reason.ShouldStartWith("5 of 5 lives");

        // The same series taken as one process gives back what it took.
        GrowthJudge.Judge(samples, Limit).Outcome.ShouldNotBe(Outcome.Leak);
    }

    [Fact]
    public void At_its_limit_a_drop_is_a_restart_though_nobody_says_so() =>
        Lives.Split(Sawtooth(teeth: 5, minutes: 40), [], Limit).Count.ShouldBe(5);

    [Fact]
    public void A_collection_is_no_restart()
    {
        Lives.Split(Sawtooth(teeth: 5, minutes: 40), [], null).Count.ShouldBe(1);
        Lives.Split(Sawtooth(teeth: 5, minutes: 40), [], ByteSize.FromMB(4096)).Count.ShouldBe(1);
    }

    [Fact]
    public void A_restart_that_frees_nothing_cuts_nothing() =>
        Lives.Split(Sawtooth(teeth: 1, minutes: 40), [TimeSpan.FromMinutes(10)], null).Count.ShouldBe(1);

    [Fact]
    public void Where_most_lives_are_level_it_does_not_leak()
    {
        var level = new Verdict(Outcome.NoLeak, Severity.None, 0, -1, 1, 0.9, null, TimeSpan.FromHours(1), "memory is level");
        var leak = level with { Outcome = Outcome.Leak, Severity = Severity.Low, GrowthPerMinute = ByteSize.MB, Reason = "grows" };

        Lives.Together([level, level, leak], [], null).Outcome.ShouldBe(Outcome.NoLeak);
    }

    private static MemorySample[] Sawtooth(int teeth, int minutes) =>
        [.. Enumerable.Range(0, teeth * minutes).Select(i => new MemorySample(TimeSpan.FromMinutes(i), ByteSize.FromMB(100 + (10 * (i % minutes))), ByteSize.Zero, ByteSize.Zero, ByteSize.Zero))];
}
