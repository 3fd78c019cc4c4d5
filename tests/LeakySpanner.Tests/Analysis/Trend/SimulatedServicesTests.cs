using LeakySpanner.Analysis.Trend;
using LeakySpanner.Model;
using LeakySpanner.Model.Findings;
using LeakySpanner.Testing.Simulation;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Analysis.Trend;

/// <summary>
/// A small part of the verdict benchmark, on a seed that nothing was tuned on. The same series every time, so the bounds
/// are near what was counted; benchmarks/RESULTS.md has the figures of 30,000.
/// </summary>
public sealed class SimulatedServicesTests
{
    private const int Seed = 42;
    private const int Series = 600;

    private static readonly Lazy<List<(SimulatedSeries Series, Verdict Verdict)>> Cases = new(() =>
        [.. Enumerable.Range(0, Series).AsParallel().AsOrdered().Select(index =>
        {
            var series = SeriesSource.Draw(Seed, index);
            return (series, GrowthJudge.Judge(series.Samples.AsSpan(), null));
        })]);

    [Fact]
    public void Healthy_services_are_hardly_ever_accused() =>
        Count(Outcome.Leak, series => !series.Leaks).ShouldBeLessThanOrEqualTo(1);

    [Fact]
    public void Most_healthy_services_are_cleared()
    {
        var healthy = Cases.Value.Count(@case => !@case.Series.Leaks);

        Count(Outcome.NoLeak, series => !series.Leaks).ShouldBeGreaterThan(healthy * 3 / 4);
    }

    [Fact]
    public void Leaks_of_two_megabytes_a_minute_are_found_within_a_minute()
    {
        var leaking = Cases.Value.Count(@case => @case.Series.RateMegabytesPerMinute >= 2);

        leaking.ShouldBeGreaterThan(200);
        Count(Outcome.Leak, series => series.RateMegabytesPerMinute >= 2).ShouldBeGreaterThanOrEqualTo(leaking * 97 / 100);
        Count(Outcome.NoLeak, series => series.RateMegabytesPerMinute >= 2).ShouldBe(0);
    }

    [Fact]
    public void Nine_in_ten_intervals_hold_the_true_pace_of_a_steady_leak()
    {
        var steady = Cases.Value.Where(@case => @case.Series.Behaviour == Behaviour.LinearLeak).ToList();

        var holding = steady.Count(@case => Contains(@case.Verdict, @case.Series.RateMegabytesPerMinute * ByteSize.MB));

        holding.ShouldBeGreaterThanOrEqualTo(steady.Count * 9 / 10);
    }

    [Fact]
    public void Verdicts_keep_their_own_rules()
    {
        foreach (var (_, verdict) in Cases.Value)
        {
            verdict.Confidence.ShouldBeInRange(0, 1);
            verdict.Low.ShouldBeLessThanOrEqualTo(verdict.GrowthPerMinute);
            verdict.High.ShouldBeGreaterThanOrEqualTo(verdict.GrowthPerMinute);
            verdict.Reason.ShouldNotBeNullOrWhiteSpace();
            (verdict.Severity == Severity.None).ShouldBe(verdict.Outcome != Outcome.Leak);
            verdict.TimeToLimit.ShouldBeNull();
        }
    }

    [Fact]
    public void The_rule_of_one_megabyte_a_minute_accuses_half_of_the_healthy_ones()
    {
        var accused = Cases.Value.Select(@case => @case.Series).Count(series =>
            !series.Leaks && (series.Samples[^1].Rss - series.Samples[0].Rss).InMB > series.Samples[^1].At.TotalMinutes);

        accused.ShouldBeGreaterThan(Series / 5);
    }

    private static int Count(Outcome outcome, Func<SimulatedSeries, bool> which) =>
        Cases.Value.Count(@case => which(@case.Series) && @case.Verdict.Outcome == outcome);

    private static bool Contains(Verdict verdict, double rate) => verdict.Low <= rate && rate <= verdict.High;
}
