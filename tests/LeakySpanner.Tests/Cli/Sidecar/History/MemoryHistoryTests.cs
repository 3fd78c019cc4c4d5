using LeakySpanner.Model;
using LeakySpanner.Model.Usage;
using LeakySpanner.Sidecar.History;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Cli.Sidecar.History;

public sealed class MemoryHistoryTests
{
    [Fact]
    public void Two_days_fit_into_a_bound_and_the_last_hour_is_dense()
    {
        var history = new MemoryHistory();
        var most = 0;
        var last = 2 * 48 * 3600;
        for (var half = 0; half <= last; half++)
        {
            history.Add(Sample(half * 0.5), half);
            most = Math.Max(most, history.Count);
        }

        most.ShouldBeLessThan(4_500);
        var times = history.Samples.ToArray().Select(sample => sample.At.TotalSeconds).ToList();
        times.ShouldBe(times.Order());
        var end = last * 0.5;
        times[^1].ShouldBe(end);
        times[0].ShouldBeInRange(end - (24 * 3600) - 240, end - (23 * 3600));
        times.Count(time => time >= end - 3600).ShouldBeGreaterThan(1_000);
        Gaps(times, end - 3600).Max().ShouldBeLessThanOrEqualTo(5);
        Gaps(times, end - (24 * 3600)).Max().ShouldBeLessThanOrEqualTo(180);
    }

    [Fact]
    public void Requests_stay_with_their_samples()
    {
        var history = new MemoryHistory();
        for (var half = 0; half < 20_000; half++)
            history.Add(Sample(half * 0.5), half * 7);

        var begin = new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
        foreach (var point in history.View(begin))
            point.Requests.ShouldBe((long)((point.At - begin).TotalSeconds * 14));
    }

    private static IEnumerable<double> Gaps(List<double> times, double from) =>
        times.Where(time => time >= from).Zip(times.Where(time => time >= from).Skip(1), (a, b) => b - a);

    private static MemorySample Sample(double seconds) =>
        new(TimeSpan.FromSeconds(seconds), ByteSize.FromMB(300), ByteSize.FromMB(280), ByteSize.Zero, ByteSize.FromMB(900));
}
