using System.Globalization;
using System.Xml.Linq;
using LeakySpanner.Analysis.Trend;
using LeakySpanner.Commands;
using LeakySpanner.Model;
using LeakySpanner.Model.Usage;
using LeakySpanner.Reports.Plots;
using LeakySpanner.Sessions.Activity;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Cli.Reports.Plots;

public sealed class ActivityPlotTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void A_leak_is_drawn_with_limit_verdict_and_slope()
    {
        // 1 MB/s for two minutes, at half of a processor.
        var plot = Plot(Leaking(limit: 300));

        Texts(plot).ShouldContain(text => text.StartsWith("LEAK DETECTED   +60.0 MB/min", StringComparison.Ordinal) && text.Contains("reaches its limit in"));
        Texts(plot).ShouldContain("limit 300 MB (cgroup)");
        var (limit, slope, memory) = (One(plot, "line", "limit"), One(plot, "line", "slope"), Points(plot, "memory"));
        // The slope lies on the curve, and the limit above both.
        Number(slope, "y1").ShouldBe(memory[0].Y, 2);
        Number(slope, "y2").ShouldBe(memory[^1].Y, 2);
        Number(limit, "y1").ShouldBeLessThan(memory.Min(point => point.Y));
        memory[0].Y.ShouldBeGreaterThan(memory[^1].Y + 50);
        var load = Points(plot, "processor");
        load.ShouldAllBe(point => Math.Abs(point.Y - load[0].Y) < 1);
    }

    [Fact]
    public void A_limit_far_away_is_told_and_not_drawn()
    {
        var plot = Plot(Leaking(limit: 1 << 20));
        plot.Descendants(Svg + "line").ShouldNotContain(line => (string?)line.Attribute("class") == "limit");
        Texts(plot).ShouldContain("limit 1024 GB (cgroup), above the picture");
    }

    [Fact]
    public void A_single_sample_is_a_picture_too()
    {
        var memory = new[] { new MemorySample(TimeSpan.Zero, new ByteSize(5 << 20), new ByteSize(5 << 20), ByteSize.Zero, ByteSize.Zero) };
        var record = new ActivityRecord("true", 1, memory, [TimeSpan.Zero], null, null, DetectReport.Of(memory, null));
        Texts(Plot(record)).ShouldContain("TOO EARLY TO TELL");
    }

    [Fact]
    public void Hostile_names_are_text()
    {
        const string Name = "</title><script>alert(1)</script>\u0001&\"";
        var plot = Plot(Leaking(limit: 300) with { Command = Name });
        plot.Descendants(Svg + "script").ShouldBeEmpty();
        Texts(plot).ShouldContain("</title><script>alert(1)</script>?&\"");
    }

    [Theory]
    [InlineData(0, 1e-6)]
    [InlineData(7, 10)]
    [InlineData(100, 100)]
    [InlineData(613, 700)]
    [InlineData(1e9, 1e9)]
    public void An_axis_ends_at_a_round_number(double most, double end)
    {
        var scale = Scale.Of(most, 6);
        scale.End.ShouldBeGreaterThanOrEqualTo(most);
        scale.End.ShouldBeLessThanOrEqualTo(Math.Max(end, 1e-5) * 1.5);
        scale.Marks.Count().ShouldBeInRange(2, 12);
    }

    [Theory]
    [InlineData("memory.gif", "ends with .svg or .png")]
    [InlineData("/no/such/folder/memory.svg", "does not exist")]
    public void A_plot_that_cannot_be_is_refused_before(string path, string because) =>
        Should.Throw<UsageException>(() => new PlotFile(path).Check()).Message.ShouldContain(because);

    private static ActivityRecord Leaking(long limit)
    {
        var memory = Enumerable.Range(0, 2401).Select(i => (At: TimeSpan.FromMilliseconds(i * 50), Size: new ByteSize((50L << 20) + (i * (1L << 20) / 20))))
            .Select(point => new MemorySample(point.At, point.Size, point.Size, ByteSize.Zero, point.Size)).ToArray();
        var most = new ByteSize(limit << 20);
        return new ActivityRecord(
            "python3 shop.py", 4121, memory, [.. memory.Select(sample => sample.At / 2)], most, "cgroup", DetectReport.Of(memory, most));
    }

    private static XElement Plot(ActivityRecord record) => XElement.Parse(ActivityPlot.Of(record));

    private static string[] Texts(XElement plot) => [.. plot.Descendants(Svg + "text").Select(text => text.Value)];

    private static XElement One(XElement plot, string element, string kind) => plot.Descendants(Svg + element).Single(found => (string?)found.Attribute("class") == kind);

    private static (double X, double Y)[] Points(XElement plot, string kind) =>
    [
        .. One(plot, "polyline", kind).Attribute("points")!.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(point => point.Split(',')).Select(point => (Parse(point[0]), Parse(point[1]))),
    ];

    private static double Number(XElement element, string name) => Parse(element.Attribute(name)!.Value);

    private static double Parse(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
