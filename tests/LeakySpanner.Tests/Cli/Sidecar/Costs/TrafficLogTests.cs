using LeakySpanner.Model;
using LeakySpanner.Model.Usage;
using LeakySpanner.Sidecar.Costs;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Cli.Sidecar.Costs;

public sealed class TrafficLogTests
{
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
