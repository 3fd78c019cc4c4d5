using System.Text;
using LeakySpanner.Scanning.Logs.Reading;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Scanning.Logs.Reading;

public sealed class LineScannerTests
{
    [Theory]
    [InlineData("312.4MB", 327_575_142)]
    [InlineData("512 MiB", 536_870_912)]
    [InlineData("391292kB,", 400_683_008)]
    [InlineData("1.5Gi", 1_610_612_736)]
    [InlineData("525M used", 550_502_400)]
    [InlineData("345Mi", 361_758_720)]
    [InlineData("24 B", 24)]
    [InlineData("17 bytes", 17)]
    public void Sizes_in_units_of_1024(string text, long bytes)
    {
        new LineScanner(Encoding.ASCII.GetBytes(text)).TrySize(out var size).ShouldBeTrue();

        size.ShouldBe(bytes);
    }

    [Theory]
    [InlineData("12")]
    [InlineData("12 apples")]
    [InlineData("-3MB")]
    [InlineData("MB")]
    [InlineData("NaN MB")]
    [InlineData("12 Monkeys")]
    [InlineData("")]
    public void What_is_no_size(string text) => new LineScanner(Encoding.ASCII.GetBytes(text)).TrySize(out _).ShouldBeFalse();

    [Fact]
    public void A_size_too_large_to_count_is_bounded()
    {
        new LineScanner("1e300 TB"u8).TrySize(out var size).ShouldBeTrue();

        size.ShouldBeGreaterThan(1L << 60);
    }
}
