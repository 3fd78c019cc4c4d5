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
    private const double EvidenceOfSteadyLeak = 2;

    /// <summary>The same where the pace changed on the way: it may do so again.</summary>
    private const double EvidenceOfChangedLeak = 8;

    /// <summary>Growth under this much is what any service does; it says nothing yet, however steady.</summary>
    private const double LeastGrowthMegabytes = 0.75;

    /// <summary>"No leak" claims that there is none of this pace, megabytes per minute.</summary>
    private const double MaterialPace = 1;

    /// <summary>The pages a floor stands on must be spread over this share of the window.</summary>
    private const double LeastShareOfWindow = 0.4;
    private const int LeastPoints = 5;
    private const double LeastDistanceOfTroughs = 0.3;

    public static GrowthFinding Of(Series series)
    {
        var floor = Floor.Of(series);
        var points = floor.Points;
        if (points.Count < LeastPoints || points.Span < LeastShareOfWindow * series.Span)
            return OfTroughs(series, floor);

        var ends = Explanations.ThatEnd(points).ToList();
        var grows = Explanations.ThatKeepGrowing(points).ToList();

        // A growth that is steady from the start shows no sign of slowing down, so only ends within sight stand against it.
        // One that needs a change of pace to be explained must also beat growth that slows down beyond the window.
        var steady = Comparison.Of(grows.Where(e => e.Shape != Shape.WarmUpThenLinear), ends);
        var changing = Comparison.Of(grows.Where(e => e.Shape == Shape.WarmUpThenLinear), ends.Append(Explanations.ThatEndsLate(points)));
        var ((leak, end, evidence), needed) = changing.Evidence - EvidenceOfChangedLeak > steady.Evidence - EvidenceOfSteadyLeak
            ? (changing, EvidenceOfChangedLeak)
            : (steady, EvidenceOfSteadyLeak);

        var favoured = evidence > 0 ? leak! : end;
        var correction = Autocorrelation.Correction(favoured.Residuals.Value);
        var settled = points.From(favoured.SettledAt);
        if (settled.Count < LeastPoints)
            settled = points;
        var slope = TheilSen.Of(settled.Minutes, settled.Megabytes, correction);
        var growth = slope.Slope * settled.Span;
        var probability = 1 / (1 + Math.Exp(-Math.Clamp(evidence, -40, 40) / 2));

        if (evidence >= needed && slope.Low > 0 && growth >= LeastGrowthMegabytes)
            return new(Outcome.Leak, slope, probability, Describe.Leak(favoured.Shape, floor));
        if (evidence >= needed && slope.Low > 0)
            return new(Outcome.TooEarlyToTell, slope, 1 - probability, Text($"grows steadily, but only by {growth:0.0} MB so far; less than {LeastGrowthMegabytes} MB says nothing"));
        if (evidence < 0 && HasEnded(points, end) && BeyondShape(points, end, correction).High < MaterialPace)
            return new(Outcome.NoLeak, slope, 1 - probability, Describe.NoLeak(end.Shape, floor));
        return new(Outcome.TooEarlyToTell, slope, Math.Max(probability, 1 - probability), Describe.TooEarly(end.Shape, slope, floor));
    }

    /// <summary>Too few visits to the floor to compare shapes; still, two that are level bound what may lie underneath.</summary>
    private static GrowthFinding OfTroughs(Series series, Floor floor)
    {
        var (first, last) = (floor.Troughs.Minutes.FirstOrDefault(), floor.Troughs.Minutes.LastOrDefault());
        if (last - first >= LeastDistanceOfTroughs * series.Span)
        {
            var (rise, doubt) = (floor.Troughs.Megabytes[^1] - floor.Troughs.Megabytes[0], 3 * floor.Noise);
            var slope = new TheilSen(rise / (last - first), (rise - doubt) / (last - first), (rise + doubt) / (last - first));
            if (slope.High < MaterialPace)
                return new(Outcome.NoLeak, slope, 0.8, Describe.NoLeak(Shape.Flat, floor));
        }

        return new(Outcome.TooEarlyToTell, TheilSen.Of(series.Minutes, series.Megabytes, series.Count / 3.0), 0.5,
            Text($"memory rises and falls by up to {floor.LargestDrop:0.0} MB; it was not seen to come back to its floor often enough"));
    }

    /// <summary>Growth that the shape leaves over: what a leak underneath a warm-up or between jumps would add.</summary>
    private static TheilSen BeyondShape(Series points, Explanation end, double correction)
    {
        var settled = points.From(end.SettledAt);
        return TheilSen.Of(settled.Minutes, end.Residuals.Value.AsSpan(points.Count - settled.Count), correction);
    }

    /// <summary>Jumps may be the visible part of slow growth in large pieces: they have ended when none came for long.</summary>
    private static bool HasEnded(Series points, Explanation end) =>
        end.Shape != Shape.Steps || end.LastJump <= 0 || points.Minutes[^1] - end.SettledAt >= LeastShareOfWindow * points.Span;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
