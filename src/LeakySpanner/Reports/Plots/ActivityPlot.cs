using System.Globalization;
using LeakySpanner.Model;
using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Usage;
using LeakySpanner.Reports.Profiles;
using LeakySpanner.Sessions.Activity;

namespace LeakySpanner.Reports.Plots;

/// <summary>Processor (left, red) and memory (right, blue) over time, as psrecord draws them, with the limit, the verdict and its slope.</summary>
internal static class ActivityPlot
{
    private const int Width = 960;
    private const int Height = 480;
    private const double Left = 64;
    private const double Right = Width - 84;
    private const double Top = 88;
    private const double Bottom = Height - 52;
    private const int LongestTitle = 96;

    /// <summary>A limit further away than this many times the most memory would press the curve to the ground: it is told, not drawn.</summary>
    private const double FurthestLimit = 4;

    private const string Style =
        "text{font:13px system-ui,'DejaVu Sans',sans-serif;fill:#30343c}.title{font-size:16px;font-weight:600}.verdict{font-weight:600}.leak{fill:#b3261e}.fine{fill:#1b6e3c}"
        + ".ground{fill:#fff}.grid{stroke:#e3e5ea}.axis{stroke:#8b909b}polyline{fill:none;stroke-linejoin:round}.memory{stroke:#1a56c4;stroke-width:2}text.memory{stroke:none;fill:#1a56c4}"
        + ".processor{stroke:#d0433a;stroke-width:1.2;opacity:.8}text.processor{stroke:none;fill:#b3261e;opacity:1}.limit{stroke:#7a1fa2;stroke-width:1.5;stroke-dasharray:8 5}text.limit{stroke:none;fill:#7a1fa2}"
        + ".slope{stroke:#111;stroke-width:1.5;stroke-dasharray:3 4}text.slope{stroke:none;fill:#111}";

    public static string Of(ActivityRecord record)
    {
        var begin = record.Memory[0].At;
        var length = Math.Max(record.Length.TotalSeconds, 0.001);
        var load = record.ProcessorLoad(TimeSpan.FromSeconds(Math.Max(0.25, length / 300))).ToArray();
        var most = Math.Max(record.MostRss.InMB, 0.1);
        var isLimitDrawn = record.Limit is { } near && near.InMB <= most * FurthestLimit;
        var memory = Scale.Of(Math.Max(most, isLimitDrawn ? record.Limit!.Value.InMB : 0) * 1.04, 6);
        var processor = Scale.Of(Math.Max(100, load.Select(point => point.Percent).DefaultIfEmpty(0).Max()), 6);
        var time = Scale.OfTime(length, 8);

        var name = FrameText.Plain(record.Command);
        var svg = new SvgText(Width, Height, $"Processor and memory of {name}: {record.Report.Headline}", Style);
        svg.Text("title", Left, 24, "start", name.Length > LongestTitle ? name[..LongestTitle] + "…" : name);
        svg.Text($"verdict {KindOf(record.Report.Verdict.Outcome)}", Left, 44, "start", Verdict(record));

        foreach (var mark in memory.Marks)
        {
            svg.Line("grid", Left, Y(mark, memory), Right, Y(mark, memory));
            svg.Text("memory", Right + 8, Y(mark, memory) + 4, "start", Number(mark));
        }

        foreach (var mark in processor.Marks)
            svg.Text("processor", Left - 8, Y(mark, processor) + 4, "end", Number(mark));
        foreach (var mark in time.Marks)
        {
            svg.Line("axis", X(mark), Bottom, X(mark), Bottom + 5);
            svg.Text("time", X(mark), Bottom + 20, "middle", TimeText(mark, time.Step));
        }

        svg.Line("axis", Left, Bottom, Right, Bottom);
        svg.Text("processor", Left - 8, Top - 10, "end", "CPU %");
        svg.Text("memory", Right + 8, Top - 10, "start", "RSS MB");
        svg.Text("time", (Left + Right) / 2, Height - 12, "middle", time.Step < 60 ? "seconds" : time.Step < 3600 ? "minutes" : "hours");

        svg.Curve("processor", load.Select(point => (X((point.At - begin).TotalSeconds), Y(point.Percent, processor))));
        svg.Curve("memory", Columns(record, begin, length).Select(point => (X(point.Seconds), Y(point.Megabytes, memory))));
        if (isLimitDrawn)
        {
            var at = record.Limit!.Value.InMB;
            svg.Line("limit", Left, Y(at, memory), Right, Y(at, memory));
            svg.Text("limit", Left + 6, Y(at, memory) - 6, "start", Limit(record));
        }
        else if (record.Limit is not null)
        {
            svg.Text("limit", Left, 62, "start", Limit(record) + ", above the picture");
        }

        Slope(svg, record, begin, memory);
        return svg.ToString();

        double X(double seconds) => Left + (seconds / length * (Right - Left));
    }

    /// <summary>Through the middle of the samples: the line that Theil's and Sen's estimate of the pace belongs to.</summary>
    private static void Slope(SvgText svg, ActivityRecord record, TimeSpan begin, Scale memory)
    {
        var verdict = record.Report.Verdict;
        if (!DiagnosisText.IsKnown(verdict))
            return;
        var pace = verdict.GrowthPerMinute / ByteSize.MB / 60;
        var offsets = record.Memory.Select(sample => sample.Rss.InMB - (pace * (sample.At - begin).TotalSeconds)).Order().ToArray();
        var offset = offsets[offsets.Length / 2];
        var length = record.Length.TotalSeconds;
        // Only where it is within the picture.
        var (from, to) = (0.0, length);
        if (pace != 0)
        {
            var (ground, roof) = (-offset / pace, (memory.End - offset) / pace);
            (from, to) = (Math.Max(from, Math.Min(ground, roof)), Math.Min(to, Math.Max(ground, roof)));
        }

        if (from >= to)
            return;
        var scale = (Right - Left) / Math.Max(length, 0.001);
        svg.Line("slope", Left + (from * scale), Y(offset + (pace * from), memory), Left + (to * scale), Y(offset + (pace * to), memory));
        svg.Text("slope", Left + (to * scale) - 6, Math.Max(Top + 12, Y(offset + (pace * to), memory) - 8), "end", Phrase.Growth(verdict.GrowthPerMinute));
    }

    /// <summary>Lowest and highest of each column of the picture: peaks stay, however many samples there are.</summary>
    private static IEnumerable<(double Seconds, double Megabytes)> Columns(ActivityRecord record, TimeSpan begin, double length)
    {
        foreach (var column in record.Memory.GroupBy(sample => (int)((sample.At - begin).TotalSeconds / length * (Right - Left))))
        {
            var (low, high) = (column.MinBy(sample => sample.Rss), column.MaxBy(sample => sample.Rss));
            MemorySample[] ends = low == high ? [low] : low.At < high.At ? [low, high] : [high, low];
            foreach (var sample in ends)
                yield return ((sample.At - begin).TotalSeconds, sample.Rss.InMB);
        }
    }

    private static string Verdict(ActivityRecord record)
    {
        var verdict = record.Report.Verdict;
        var pace = DiagnosisText.IsKnown(verdict) ? $"   {Phrase.Growth(verdict.GrowthPerMinute)} ({Phrase.Interval(verdict.Low, verdict.High)})" : "";
        var fate = verdict is { Outcome: Outcome.Leak, TimeToLimit: { } time } ? $"   reaches its limit in {Phrase.Duration(time)}" : "";
        return record.Report.Headline + pace + fate;
    }

    private static string Limit(ActivityRecord record) => $"limit {record.Limit}" + (record.LimitSource is { Length: > 0 } source ? $" ({source})" : "");

    private static string KindOf(Outcome outcome) => outcome switch { Outcome.Leak => "leak", Outcome.NoLeak => "fine", _ => "" };

    private static double Y(double value, Scale scale) => Bottom - (value / scale.End * (Bottom - Top));

    private static string Number(double value) => value.ToString("#,##0.##", CultureInfo.InvariantCulture);

    private static string TimeText(double seconds, double step) => Number(step < 60 ? seconds : step < 3600 ? seconds / 60 : seconds / 3600);
}
