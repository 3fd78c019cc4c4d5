using LeakySpanner.Model;
using LeakySpanner.Model.Usage;
using LeakySpanner.Sessions;
using LeakySpanner.Target.Linux;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Cli.Sessions;

public sealed class PrecautionTests
{
    private const string Source = "cgroup v2 memory.max of /shop";

    private static readonly TimeSpan Cost = TimeSpan.FromMilliseconds(100);

    private readonly List<MemorySample> _samples = [];

    [Fact]
    public void Far_from_the_limit_nothing_is_due() => Times(fromMB: 10, perSecondMB: 1, seconds: 30, limitMB: 1000).ShouldBe(0);

    [Fact]
    public void Without_a_known_limit_nothing_is_due()
    {
        var precaution = new Precaution(() => null, null);

        Run(precaution, 90, 1, 60).ShouldBe(0);
    }

    [Fact]
    public void Without_growth_nothing_is_due_however_full_it_is() => Times(fromMB: 99, perSecondMB: 0, seconds: 60, limitMB: 100).ShouldBe(0);

    [Fact]
    public void Near_the_limit_it_is_due_each_time_that_the_room_has_halved_and_only_a_few_times()
    {
        var times = Times(fromMB: 50, perSecondMB: 1, seconds: 50, limitMB: 100);

        times.ShouldBeInRange(2, 6);
    }

    [Fact]
    public void A_fast_leak_is_seen_early() => FirstDue(perSecondMB: 10).ShouldBeLessThan(75);

    [Fact]
    public void A_slow_leak_is_seen_late() => FirstDue(perSecondMB: 0.1).ShouldBeInRange(84, 90);

    [Fact]
    public void Where_our_own_memory_counts_against_the_limit_there_must_be_room_for_it()
    {
        var precaution = new Precaution(() => Limit(100), Source);

        Run(precaution, 50, 1, 49).ShouldBe(0);
    }

    private int Times(double fromMB, double perSecondMB, int seconds, double limitMB) =>
        Run(new Precaution(() => Limit(limitMB), "other"), fromMB, perSecondMB, seconds);

    private double FirstDue(double perSecondMB)
    {
        var precaution = new Precaution(() => Limit(100), null);
        for (var second = 0.0; ; second += 0.25)
        {
            var megabytes = 40 + (second * perSecondMB);
            megabytes.ShouldBeLessThan(100);
            Add(second, megabytes);
            if (precaution.IsDue(_samples, Cost))
                return megabytes;
        }
    }

    private int Run(Precaution precaution, double fromMB, double perSecondMB, int seconds)
    {
        var times = 0;
        for (var second = 0.0; second < seconds; second += 0.25)
        {
            Add(second, fromMB + (second * perSecondMB));
            times += precaution.IsDue(_samples, Cost) ? 1 : 0;
        }

        return times;
    }

    private void Add(double second, double megabytes) =>
        _samples.Add(new MemorySample(TimeSpan.FromSeconds(second), ByteSize.FromMB(megabytes), ByteSize.FromMB(megabytes), ByteSize.Zero, ByteSize.FromMB(megabytes)));

    private MemoryLimit? Limit(double megabytes) => new MemoryLimit(ByteSize.FromMB(megabytes), Source) { Used = _samples[^1].Rss };
}
