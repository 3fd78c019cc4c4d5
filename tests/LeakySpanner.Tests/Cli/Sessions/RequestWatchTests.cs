using LeakySpanner.Model.Usage;
using LeakySpanner.Sessions;
using LeakySpanner.Target.Requests;
using LeakySpanner.Testing.Requests;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Cli.Sessions;

public sealed class RequestWatchTests
{
    private const long Second = 1_000_000_000;
    private static readonly TimeSpan Bin = TimeSpan.FromMilliseconds(50);

    [Fact]
    public async Task Requests_count_when_they_finish_and_collections_and_functions_not_at_all()
    {
        using var writer = new RingWriter();
        writer.Write("GET /before");
        var clock = new SetClock();
        using var watch = new RequestWatch(RequestRing.Open(writer.Path), clock, clock.GetTimestamp(), Bin);

        var begin = clock.GetTimestamp();
        clock.Advance(TimeSpan.FromSeconds(1));
        Put(writer, "GET /a", begin + (Second / 10), Second / 5);
        Put(writer, "GET /b", begin + (Second / 2), Second / 4);
        Put(writer, "GET /a", begin + (Second / 2), Second / 4);
        Put(writer, "gc", begin + (Second / 2), 1000, RequestKind.Collection);
        Put(writer, "app.work", begin + (Second / 2), 1000, RequestKind.Function);
        await watch.RunAsync(new CancellationToken(canceled: true));

        var traffic = watch.Traffic();
        traffic.Routes.ShouldBe(["GET /a", "GET /b"]);
        traffic.Lost.ShouldBe(0);
        traffic.Samples.Select(sample => sample.At).ShouldBeInOrder();
        At(traffic, 0.29).ShouldBe((0, 0));
        At(traffic, 0.36).ShouldBe((1, 0));
        At(traffic, 0.74).ShouldBe((1, 0));
        At(traffic, 0.81).ShouldBe((2, 1));
    }

    /// <summary>In a time namespace the worker's clock stands elsewhere.</summary>
    [Fact]
    public async Task Another_clock_is_set_right()
    {
        using var writer = new RingWriter();
        var clock = new SetClock();
        using var watch = new RequestWatch(RequestRing.Open(writer.Path), clock, clock.GetTimestamp(), Bin);

        clock.Advance(TimeSpan.FromSeconds(1));
        Put(writer, "GET /a", 7 * Second, Second / 100);
        Put(writer, "GET /a", (7 * Second) - (Second / 2), Second / 100);
        await watch.RunAsync(new CancellationToken(canceled: true));

        var traffic = watch.Traffic();
        traffic.Samples[^1].Finished.ShouldBe([2]);
        traffic.Samples.First(sample => sample.Finished.Any(count => count > 0)).At.TotalSeconds.ShouldBe(0.5, 0.06);
    }

    [Fact]
    public async Task Nobody_s_requests_are_no_routes()
    {
        using var writer = new RingWriter();
        var clock = new SetClock();
        using var watch = new RequestWatch(RequestRing.Open(writer.Path), clock, clock.GetTimestamp(), Bin);

        await watch.RunAsync(new CancellationToken(canceled: true));

        watch.Traffic().Routes.ShouldBeEmpty();
    }

    private static void Put(RingWriter writer, string name, long started, long duration, RequestKind kind = RequestKind.Http) =>
        writer.Put(new RequestRecord(writer.Written + 1, started, duration, 0, null, writer.Name(name), 0, 200, kind, RequestTraits.None));

    /// <summary>At the last sample until then; a route that had not come by then has none.</summary>
    private static (long A, long B) At(Traffic traffic, double seconds)
    {
        var finished = traffic.Samples.Last(sample => sample.At.TotalSeconds <= seconds).Finished;
        return (finished.ElementAtOrDefault(0), finished.ElementAtOrDefault(1));
    }

    private sealed class SetClock : TimeProvider
    {
        private long _now = 1000 * Second;

        public override long TimestampFrequency => Second;

        public override long GetTimestamp() => _now;

        public void Advance(TimeSpan time) => _now += time.Ticks * 100;
    }
}
