using LeakySpanner.Analysis.Attribution;
using LeakySpanner.Model;
using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Usage;
using LeakySpanner.Sidecar.Costs;
using LeakySpanner.Testing.Simulation;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Cli.Sidecar.Costs;

public sealed class TrafficLogTests
{
    [Fact]
    public void What_a_service_takes_once_when_load_comes_is_left_out()
    {
        var log = new TrafficLog();
        for (var second = 0; second < 60; second++)
            log.Add(new MemorySample(TimeSpan.FromSeconds(second), new ByteSize(1), new ByteSize(1), ByteSize.Zero, ByteSize.Zero), [second < 30 ? 0 : second]);

        log.Memory[0].At.ShouldBe(TimeSpan.FromSeconds(40));
        log.ToTraffic(["GET /a"], 0).Samples[0].Finished.ShouldBe([40L]);
    }

    [Fact]
    public void Half_an_hour_is_kept_in_bounds_with_memory_and_requests_of_the_same_instants()
    {
        var log = new TrafficLog();
        for (var half = 0; half < 2 * 7200; half++)
        {
            log.Add(new MemorySample(TimeSpan.FromSeconds(half * 0.5), new ByteSize(half), new ByteSize(half), ByteSize.Zero, ByteSize.Zero), [half, 2L * half]);
            log.Count.ShouldBeLessThanOrEqualTo(1_200);
        }

        var traffic = log.ToTraffic(["GET /a", "GET /b"], 0);
        traffic.Samples.Length.ShouldBe(log.Count);
        for (var i = 0; i < log.Count; i++)
        {
            traffic.Samples[i].At.ShouldBe(log.Memory[i].At);
            traffic.Samples[i].Finished.ShouldBe([log.Memory[i].Rss.Bytes, 2 * log.Memory[i].Rss.Bytes]);
        }

        (log.Memory[^1].At - log.Memory[0].At).ShouldBeInRange(TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(40));
    }

    [Fact]
    public void Readings_of_half_a_second_are_one_average_of_memory_and_requests()
    {
        var log = new TrafficLog();
        for (var tick = 0; tick <= 110; tick++)
            log.Add(new MemorySample(TimeSpan.FromSeconds(tick / 10.0), new ByteSize(10 * tick), new ByteSize(tick), ByteSize.Zero, new ByteSize(7)), [3 + (3 * tick)]);

        // From the end of the warm-up on: 100 to 104, 105 to 109; 110 waits for more.
        log.Memory.ToArray().ShouldBe(
        [
            new(TimeSpan.FromSeconds(10.2), new ByteSize(1020), new ByteSize(102), ByteSize.Zero, new ByteSize(7)),
            new(TimeSpan.FromSeconds(10.7), new ByteSize(1070), new ByteSize(107), ByteSize.Zero, new ByteSize(7)),
        ]);
        log.ToTraffic(["GET /a"], 0).Samples.Select(sample => sample.Finished[0]).ShouldBe([309L, 324L]);
    }

    /// <summary>A single reading per half second is further off.</summary>
    [Fact]
    public void Two_routes_that_are_called_in_the_same_rhythm_are_told_apart()
    {
        const int services = 40;
        var fits = Enumerable.Range(0, services).AsParallel().AsOrdered()
            .Select(index => RequestSource.InStep(600, 70, 7000 + index))
            .Select(service => (Averaged: Fit(service, 2), Single: Fit(service, 10))).ToList();

        fits.Count(fit => Holds(fit.Averaged, "GET /0", 4096)).ShouldBeGreaterThanOrEqualTo(services * 9 / 10);
        fits.Count(fit => Holds(fit.Averaged, "GET /1", 0)).ShouldBeGreaterThanOrEqualTo(services * 9 / 10);
        Error(fits.Select(fit => fit.Averaged)).ShouldBeLessThan(0.8 * Error(fits.Select(fit => fit.Single)));
    }

    /// <summary>Root mean square of what the guilty route's estimates are off by.</summary>
    private static double Error(IEnumerable<RouteCosts> costs) =>
        Math.Sqrt(costs.Average(cost => Math.Pow(cost.Routes.Single(route => route.Route == "GET /0").BytesPerRequest - 4096, 2)));

    private static bool Holds(RouteCosts costs, string route, double truth)
    {
        var cost = costs.Routes.Single(cost => cost.Route == route);
        return cost.Low <= truth && cost.High >= truth && cost.IsLeaking == truth > 0;
    }

    /// <param name="service">Memory and requests at 20 per second.</param>
    /// <param name="every">So many of them is one reading.</param>
    private static RouteCosts Fit(SimulatedRequests service, int every)
    {
        var log = new TrafficLog();
        var after = 1;
        for (var i = 0; i < service.Memory.Length; i += every)
        {
            var memory = service.Memory[i];
            while (after < service.Traffic.Samples.Length - 1 && service.Traffic.Samples[after].At < memory.At)
                after++;
            var (one, next) = (service.Traffic.Samples[after - 1], service.Traffic.Samples[after]);
            var part = Math.Clamp((memory.At - one.At) / (next.At - one.At), 0, 1);
            log.Add(memory, [.. one.Finished.Zip(next.Finished, (from, to) => (long)(from + (part * (to - from))))]);
        }

        return RequestRegression.Fit(log.Memory, log.ToTraffic(service.Traffic.Routes, 0));
    }
}
