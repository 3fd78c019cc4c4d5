using LeakySpanner.Sessions;
using LeakySpanner.Target;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Cli.Sessions;

public sealed class MemoryWatchTests
{
    [Fact]
    public async Task Samples_come_until_it_is_told_to_stop()
    {
        using var ourselves = TargetProcess.Open(Environment.ProcessId);
        using var stop = new CancellationTokenSource();
        var watch = new MemoryWatch(ourselves, TimeProvider.System, TimeProvider.System.GetTimestamp(), TimeSpan.FromMinutes(1));
        var seen = 0;

        await watch.RunAsync(
            _ =>
            {
                if (++seen == 3)
                    stop.Cancel();
            },
            stop.Token);

        watch.Samples.Count.ShouldBe(3);
        watch.Samples.ShouldAllBe(sample => sample.Rss.Bytes > 0);
        watch.Samples.Select(sample => sample.At).ShouldBeInOrder();
        watch.Resources.ShouldNotBeEmpty();
        watch.TargetEnded.ShouldBeFalse();
        watch.WasStopped.ShouldBeFalse();
    }
}
