using LeakySpanner.Analysis.Rhythm;
using LeakySpanner.Model;
using LeakySpanner.Model.Usage;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Analysis.Rhythm;

public sealed class GapsTests
{
    [Fact]
    public void Regular_gaps()
    {
        var gaps = Gaps.Of(new[] { 0.0, 20, 41, 60, 81 }.Select(minute => TimeSpan.FromMinutes(minute).Ticks)).ShouldNotBeNull();

        gaps.Median.TotalMinutes.ShouldBe(20.5, 0.01);
        gaps.AreRegular.ShouldBeTrue();
    }

    [Fact]
    public void Irregular_gaps() =>
        Gaps.Of(new[] { 0.0, 5, 41, 60, 201 }.Select(minute => TimeSpan.FromMinutes(minute).Ticks)).ShouldNotBeNull().AreRegular.ShouldBeFalse();

    [Fact]
    public void One_event_has_no_gap() => Gaps.Of([5]).ShouldBeNull();

    [Fact]
    public void Jumps_stand_out_of_growth_and_noise()
    {
        var random = new Random(5);
        var samples = Enumerable.Range(0, 600).Select(i => new MemorySample(
            TimeSpan.FromMinutes(i), ByteSize.FromMB(200 + (0.1 * i) + random.NextDouble() + (i % 60 is >= 0 and < 10 ? 120 : 0)), ByteSize.Zero, ByteSize.Zero, ByteSize.Zero)).ToArray();

        var jumps = Jumps.Of(samples);

        jumps.At.Select(at => at.TotalMinutes).ShouldBe(Enumerable.Range(1, 9).Select(hour => hour * 60.0));
        new ByteSize(jumps.TypicalBytes).InMB.ShouldBe(120, 3);
    }

    [Fact]
    public void Steady_growth_has_none() =>
        Jumps.Of([.. Enumerable.Range(0, 100).Select(i => new MemorySample(TimeSpan.FromMinutes(i), ByteSize.FromMB(200 + i), ByteSize.Zero, ByteSize.Zero, ByteSize.Zero))]).At.ShouldBeEmpty();
}
