using LeakySpanner.Model.Usage;
using LeakySpanner.Web.Json;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Cli.Web;

/// <summary>Expectations were printed by str(tracemalloc.Statistic(...)) of CPython 3.11.</summary>
public sealed class AllocationTextTests
{
    [Theory]
    [InlineData(44564480, 1240, "size=42.5 MiB, count=1240, average=35.1 KiB")]
    [InlineData(12792627, 8500, "size=12.2 MiB, count=8500, average=1505 B")]
    [InlineData(4096, 1, "size=4096 B, count=1, average=4096 B")]
    [InlineData(0, 1, "size=0 B, count=1, average=0 B")]
    [InlineData(10239, 1, "size=10239 B, count=1, average=10239 B")]
    [InlineData(10240, 1, "size=10.0 KiB, count=1, average=10.0 KiB")]
    [InlineData(102399, 3, "size=100.0 KiB, count=3, average=33.3 KiB")]
    [InlineData(102400, 1, "size=100 KiB, count=1, average=100 KiB")]
    [InlineData(24832, 1, "size=24.2 KiB, count=1, average=24.2 KiB")]
    [InlineData(10485760, 7, "size=10.0 MiB, count=7, average=1463 KiB")]
    [InlineData(3009, 2, "size=3009 B, count=2, average=1504 B")]
    [InlineData(104857600, 1, "size=100 MiB, count=1, average=100 MiB")]
    [InlineData(5497558138880, 3, "size=5120 GiB, count=3, average=1707 GiB")]
    [InlineData(549755813888000, 1, "size=500 TiB, count=1, average=500 TiB")]
    [InlineData(17, 0, "size=17 B, count=0")]
    public void As_tracemalloc_prints_it(long bytes, long count, string expected) =>
        AllocationText.Of(new AllocationSite("/app/x.py", 142, count, bytes)).ShouldBe("/app/x.py:142: " + expected);
}
