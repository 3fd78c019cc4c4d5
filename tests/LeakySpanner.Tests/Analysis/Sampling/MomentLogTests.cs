using System.Collections.Immutable;
using LeakySpanner.Analysis.Sampling;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Analysis.Sampling;

public sealed class MomentLogTests
{
    private static readonly TimeSpan Started = TimeSpan.FromHours(7);

    [Fact]
    public void A_run_of_any_length_keeps_a_bounded_number_at_equal_distances()
    {
        var log = new MomentLog(Started);
        for (var second = 0; second <= 100_000; second++)
        {
            var now = Started + TimeSpan.FromSeconds(second);
            if (log.IsDue(now))
                log.AddRegular(At(second));
        }

        log.Regular.Count.ShouldBeInRange(7, 15);
        var steps = log.Regular.Zip(log.Regular.Skip(1), (one, next) => next.Time - one.Time).ToArray();
        steps.ShouldAllBe(step => step == steps[0]);
        (log.Regular[^1].Time - Started).TotalSeconds.ShouldBeGreaterThan(100_000 * 0.8);
    }

    [Fact]
    public void Nothing_is_due_within_the_first_second()
    {
        var log = new MomentLog(Started);
        log.IsDue(Started + TimeSpan.FromSeconds(0.9)).ShouldBeFalse();
        log.IsDue(Started + TimeSpan.FromSeconds(1)).ShouldBeTrue();
    }

    [Fact]
    public void Growth_begins_where_somebody_asked_else_when_half_of_the_time_had_passed()
    {
        var log = new MomentLog(Started);
        log.Beginning(Started + TimeSpan.FromSeconds(1)).ShouldBeNull();
        for (var second = 1; second <= 10; second++)
            log.AddRegular(At(second));
        log.Beginning(Started + TimeSpan.FromSeconds(11))!.Time.ShouldBe(Started + TimeSpan.FromSeconds(5));
        log.AddAsked(At(9));
        log.AddAsked(At(10));
        log.Beginning(Started + TimeSpan.FromSeconds(11))!.Time.ShouldBe(Started + TimeSpan.FromSeconds(9));
        // Asked for just now: there is nothing to compare with.
        log.Beginning(Started + TimeSpan.FromSeconds(9))!.Time.ShouldBe(Started + TimeSpan.FromSeconds(4));
    }

    [Fact]
    public void However_often_somebody_asks_the_first_and_the_latest_are_kept()
    {
        var log = new MomentLog(Started);
        for (var second = 1; second <= 100; second++)
            log.AddAsked(At(second));
        log.Asked.Count.ShouldBe(16);
        log.Asked[0].Time.ShouldBe(Started + TimeSpan.FromSeconds(1));
        log.Asked[^1].Time.ShouldBe(Started + TimeSpan.FromSeconds(100));
    }

    [Fact]
    public void Growth_is_what_has_come_since()
    {
        var before = new MomentTotals(Started, [new StackAmount(1, 5e6, 50, 40, 400), new StackAmount(2, 5e6, 5, 40, 400)]);
        var now = new MomentTotals(Started, [new StackAmount(1, 7e6, 40, 56, 700), new StackAmount(3, 1e6, 9, 8, 90)]);

        now.Since(before).Stacks.ShouldBe([new StackAmount(1, 2e6, 0, 16, 300), new StackAmount(3, 1e6, 9, 8, 90)]);
    }

    [Fact]
    public void Stacks_that_hold_nothing_take_no_room()
    {
        var totals = StackTotals.Empty(4);
        totals.Bytes[2] = 100;
        totals.Blocks[2] = 3;
        totals.Samples[2] = 1;
        MomentTotals.Of(totals, Started).Stacks.ShouldBe([new StackAmount(2, 100, 3, 1, 0)]);
    }

    private static MomentTotals At(int second) => new(Started + TimeSpan.FromSeconds(second), ImmutableArray<StackAmount>.Empty);
}
