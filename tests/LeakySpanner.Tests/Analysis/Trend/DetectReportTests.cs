using LeakySpanner.Analysis.Trend;
using LeakySpanner.Model;
using LeakySpanner.Model.Usage;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Analysis.Trend;

public sealed class DetectReportTests
{
    [Fact]
    public void A_leak_is_reported_with_both_ends_and_the_judge_s_words()
    {
        var report = DetectReport.Of(Samples(300, 10, seconds => 100 + (seconds / 6)), ByteSize.FromMB(1024));

        report.InitialRss.ShouldBe(ByteSize.FromMB(140));
        report.FinalRss.InMB.ShouldBe(190, 0.01);
        report.Growth.InMB.ShouldBe(50, 0.01);
        (report.RssPerMinute / ByteSize.MB).ShouldBe(10, 0.01);
        report.MonotonicShare.ShouldBe(1);
        report.Interval.ShouldBe(TimeSpan.FromSeconds(10));
        report.Samples.ShouldBe(31);
        report.Headline.ShouldBe("LEAK DETECTED");
        report.SeverityName.ShouldBe("HIGH");
    }

    [Fact]
    public void Growth_that_was_given_back_is_no_leak_although_the_ends_differ()
    {
        var report = DetectReport.Of(Samples(60, 0.05, seconds => 100 + (4 * ((seconds + 1) % 7))), null);

        (report.RssPerMinute / ByteSize.MB).ShouldBeGreaterThan(1);
        report.MonotonicShare.ShouldBeLessThan(0.75);
        report.Headline.ShouldBe("NO LEAK");
        report.SeverityName.ShouldBe("NONE");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Few_samples_make_a_report_all_the_same(int samples)
    {
        var report = DetectReport.Of(Samples(60, 1, _ => 100).AsSpan(0, samples), null);

        report.Headline.ShouldBe("TOO EARLY TO TELL");
        report.Samples.ShouldBe(samples);
        report.RssPerMinute.ShouldBe(0);
    }

    /// <summary>40 MB of mapped files beside the anonymous memory.</summary>
    private static MemorySample[] Samples(double seconds, double interval, Func<double, double> megabytes) =>
        [.. Enumerable.Range(0, (int)(seconds / interval) + 1).Select(i => new MemorySample(
            TimeSpan.FromSeconds(i * interval),
            ByteSize.FromMB(megabytes(i * interval) + 40),
            ByteSize.FromMB(megabytes(i * interval)),
            ByteSize.Zero,
            ByteSize.FromMB(2000)))];
}
