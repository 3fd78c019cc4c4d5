using System.Globalization;
using LeakySpanner.Model.Findings;

namespace LeakySpanner.Analysis.Trend;

/// <summary>What a series shows, before anyone asks about limits.</summary>
/// <param name="Outcome">Leak, no leak, too early.</param>
/// <param name="Slope">Megabytes per minute since the growth has its final pace.</param>
/// <param name="Confidence">0 to 1.</param>
/// <param name="Reason">One sentence.</param>
internal sealed record GrowthFinding(Outcome Outcome, TheilSen Slope, double Confidence, string Reason)
{
    /// <summary>How much cheaper (in Schwarz's criterion) a growth without end must explain the data than one with an end.</summary>
    private const double EvidenceOfLeak = 8;

    /// <summary>Growth under this much is what any service does; it says nothing yet, however steady.</summary>
    private const double LeastGrowthMegabytes = 0.75;

    /// <summary>"No leak" claims that there is none of this pace, megabytes per minute.</summary>
    private const double MaterialPace = 1;

    private const double GrainMegabytes = 0.05;

    /// <summary>The pages a floor stands on must be spread over this share of the window.</summary>
    private const double LeastShareOfWindow = 0.4;
    private const int LeastPoints = 6;

    public static GrowthFinding Of(Series series)
    {
        var floor = Floor.Of(series);
        var points = floor.Points;
        if (points.Count < LeastPoints || points.Span < LeastShareOfWindow * series.Span)
        {
            return new(Outcome.TooEarlyToTell, TheilSen.Of(series.Minutes, series.Megabytes, series.Count / 3.0), 0.5,
                Text($"memory rises and falls by up to {floor.LargestDrop:0.0} MB; it was not seen to come back to its floor often enough"));
        }

        var grain = Math.Max(GrainMegabytes, 0);
        var ends = Explanations.ThatEnd(points).ToList();
        var grows = Explanations.ThatKeepGrowing(points).ToList();
        double count = points.Count;
        Explanation Best(IEnumerable<Explanation> explanations, double independent) => explanations.MinBy(e => e.Cost(points.Count, independent, grain))!;

        // First with every point counted as independent, to learn from the better residuals how many are.
        var first = Best(ends.Concat(grows), count);
        var correction = Autocorrelation.Correction(first.Residuals.Value);
        var independent = Math.Max(4, count / correction);

        var end = Best(ends, independent);
        var leak = grows.Count == 0 ? null : Best(grows, independent);
        if (leak is { Shape: not Shape.Linear })
            end = Best(ends.Append(Explanations.ThatEndsLate(points)), independent);
        var evidence = leak is null ? double.NegativeInfinity : end.Cost(points.Count, independent, grain) - leak.Cost(points.Count, independent, grain);

        var favoured = evidence > 0 ? leak! : end;
        var settled = points.From(favoured.SettledAt);
        if (settled.Count < LeastPoints)
            settled = points;
        var slope = TheilSen.Of(settled.Minutes, settled.Megabytes, correction);
        var growth = slope.Slope * settled.Span;
        var probability = 1 / (1 + Math.Exp(-Math.Clamp(evidence, -40, 40) / 2));

        if (evidence >= EvidenceOfLeak && slope.Low > 0 && growth >= LeastGrowthMegabytes)
            return new(Outcome.Leak, slope, probability, Describe.Leak(favoured.Shape, floor));
        if (evidence >= EvidenceOfLeak && slope.Low > 0)
            return new(Outcome.TooEarlyToTell, slope, 1 - probability, Text($"grows steadily, but only by {growth:0.0} MB so far; less than {LeastGrowthMegabytes} MB says nothing"));
        if (evidence < 0 && HasEnded(points, end) && BeyondShape(points, end, correction).High < MaterialPace)
            return new(Outcome.NoLeak, slope, 1 - probability, Describe.NoLeak(end.Shape, floor));
        return new(Outcome.TooEarlyToTell, slope, Math.Max(probability, 1 - probability), Describe.TooEarly(end.Shape, slope, floor));
    }

    /// <summary>Growth that the shape leaves over: what a leak underneath a warm-up or between jumps would add.</summary>
    private static TheilSen BeyondShape(Series points, Explanation end, double correction)
    {
        var settled = points.From(end.SettledAt);
        return TheilSen.Of(settled.Minutes, end.Residuals.Value.AsSpan(points.Count - settled.Count), correction);
    }

    /// <summary>Jumps may be the visible part of slow growth in large pieces: they have ended when none came for long.</summary>
    private static bool HasEnded(Series points, Explanation end) =>
        end.Shape != Shape.Steps || points.Minutes[^1] - end.SettledAt >= LeastShareOfWindow * points.Span;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
