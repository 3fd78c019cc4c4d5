using LeakySpanner.Analysis.Trend;
using LeakySpanner.Model;
using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Usage;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Analysis.Trend;

public sealed class GrowthJudgeTests
{
    [Fact]
    public void Steady_growth_is_a_leak_with_its_pace_and_the_time_that_is_left()
    {
        var verdict = GrowthJudge.Judge(Sample(60, seconds => 100 + (12 * seconds / 60)), ByteSize.FromMB(232));

        verdict.Outcome.ShouldBe(Outcome.Leak);
        (verdict.GrowthPerMinute / ByteSize.MB).ShouldBe(12, 0.1);
        verdict.Low.ShouldBeLessThanOrEqualTo(verdict.GrowthPerMinute);
        verdict.High.ShouldBeGreaterThanOrEqualTo(verdict.GrowthPerMinute);
        verdict.TimeToLimit!.Value.TotalMinutes.ShouldBe(10, 0.2);
        verdict.Severity.ShouldBe(Severity.High);
        verdict.Confidence.ShouldBeGreaterThan(0.95);
        verdict.Watched.TotalSeconds.ShouldBe(60, 0.1);
    }

    [Fact]
    public void Growth_of_mapped_files_is_no_leak()
    {
        var samples = Sample(60, _ => 100).Select(sample => sample with { Rss = sample.Rss + ByteSize.FromMB(sample.At.TotalSeconds) }).ToArray();

        GrowthJudge.Judge(samples, null).Outcome.ShouldBe(Outcome.NoLeak);
    }

    [Fact]
    public void Memory_that_was_swapped_out_still_grows()
    {
        var samples = Sample(60, _ => 100).Select(sample => sample with { Swapped = ByteSize.FromMB(sample.At.TotalSeconds / 2) }).ToArray();

        var verdict = GrowthJudge.Judge(samples, null);

        verdict.Outcome.ShouldBe(Outcome.Leak);
        (verdict.GrowthPerMinute / ByteSize.MB).ShouldBe(30, 0.5);
        verdict.TimeToLimit.ShouldBeNull();
    }

    [Fact]
    public void Where_the_kernel_does_not_split_resident_memory_all_of_it_is_judged()
    {
        var samples = Sample(60, seconds => 100 + (seconds / 2)).Select(sample => sample with { Anonymous = ByteSize.Zero }).ToArray();

        GrowthJudge.Judge(samples, null).Outcome.ShouldBe(Outcome.Leak);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public void A_few_seconds_say_nothing(double seconds)
    {
        var verdict = GrowthJudge.Judge(Sample(seconds, at => 100 + (50 * at)), null);

        verdict.Outcome.ShouldBe(Outcome.TooEarlyToTell);
        verdict.Severity.ShouldBe(Severity.None);
        verdict.Reason.ShouldContain("at least 10 s");
    }

    [Fact]
    public void A_cache_that_has_filled_is_no_leak() =>
        GrowthJudge.Judge(Sample(60, seconds => 100 + (80 * (1 - Math.Exp(-seconds / 6)))), null).Outcome.ShouldBe(Outcome.NoLeak);

    [Fact]
    public void What_collections_give_back_is_no_leak() =>
        GrowthJudge.Judge(Sample(60, seconds => 100 + (seconds % 7 * 4)), null).Outcome.ShouldBe(Outcome.NoLeak);

    [Fact]
    public void A_floor_that_rises_under_collections_is_a_leak()
    {
        var verdict = GrowthJudge.Judge(Sample(60, seconds => 100 + (seconds % 6 * 4) + (seconds / 4)), null);

        verdict.Outcome.ShouldBe(Outcome.Leak);
        (verdict.GrowthPerMinute / ByteSize.MB).ShouldBe(15, 3);
    }

    [Fact]
    public void Single_jumps_are_no_leak() =>
        GrowthJudge.Judge(Sample(60, seconds => 100 + (seconds > 8 ? 20 : 0) + (seconds > 21 ? 35 : 0)), null).Outcome.ShouldBe(Outcome.NoLeak);

    [Fact]
    public void Constant_memory_is_no_leak_even_without_any_noise()
    {
        var verdict = GrowthJudge.Judge(Sample(60, _ => 100), null);

        verdict.Outcome.ShouldBe(Outcome.NoLeak);
        verdict.GrowthPerMinute.ShouldBe(0);
        verdict.Confidence.ShouldBeInRange(0.5, 1);
    }

    [Fact]
    public void Hours_of_samples_and_irregular_spacing_are_judged_alike()
    {
        var random = new Random(7);
        var at = TimeSpan.Zero;
        var samples = Enumerable.Range(0, 20_000).Select(_ =>
        {
            at += TimeSpan.FromSeconds(random.NextDouble() < 0.9 ? random.NextDouble() : 10 * random.NextDouble());
            return Sample(at, 500 + (0.2 * at.TotalMinutes) + (2 * random.NextDouble()));
        }).ToArray();

        var verdict = GrowthJudge.Judge(samples, null);

        verdict.Outcome.ShouldBe(Outcome.Leak);
        verdict.Severity.ShouldBe(Severity.Low);
        (verdict.GrowthPerMinute / ByteSize.MB).ShouldBe(0.2, 0.02);
    }

    [Fact]
    public void Samples_out_of_order_and_absurd_sizes_are_survived()
    {
        var random = new Random(11);
        var samples = Enumerable.Range(0, 500).Select(_ => new MemorySample(
            TimeSpan.FromTicks(random.NextInt64(0, long.MaxValue / 2)), new(random.NextInt64()), new(random.NextInt64()), new(random.NextInt64()), new(0))).ToArray();

        Should.NotThrow(() => GrowthJudge.Judge(samples, new(1)));
        Should.NotThrow(() => GrowthJudge.Judge(samples, new(long.MinValue)));
    }

    private static MemorySample[] Sample(double seconds, Func<double, double> megabytes) =>
        [.. Enumerable.Range(0, (int)(seconds * 20) + 1).Select(i => Sample(TimeSpan.FromSeconds(i / 20.0), megabytes(i / 20.0)))];

    private static MemorySample Sample(TimeSpan at, double megabytes) =>
        new(at, ByteSize.FromMB(megabytes + 30), ByteSize.FromMB(megabytes), ByteSize.Zero, ByteSize.FromMB(2000));
}
