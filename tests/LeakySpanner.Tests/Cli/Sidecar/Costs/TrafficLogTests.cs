using LeakySpanner.Model;
using LeakySpanner.Model.Usage;
using LeakySpanner.Sidecar.Costs;
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
}
