using LeakySpanner.Model.Findings;

namespace LeakySpanner.Analysis.Trend;

/// <summary>What a series shows, before anyone asks about limits.</summary>
/// <param name="Outcome">Leak, no leak, too early.</param>
/// <param name="Slope">Megabytes per minute since the growth has its final pace.</param>
/// <param name="Confidence">0 to 1.</param>
/// <param name="Reason">One sentence.</param>
internal sealed record GrowthFinding(Outcome Outcome, TheilSen Slope, double Confidence, string Reason)
{
    /// <summary>Growth under this much is what any service does; it says nothing yet, however steady.</summary>
    private const double LeastGrowthMegabytes = 0.75;

    /// <summary>"No leak" claims that there is none of this pace, megabytes per minute.</summary>
    private const double MaterialPace = 1;

    /// <summary>The pages a floor stands on must be spread over this share of the window.</summary>
    private const double LeastShareOfWindow = 0.4;
    private const double LeastDistanceOfTroughs = 0.3;

    /// <summary>Of the largest drop: what rose must be of that size at least, or it may be given back like that.</summary>
    private const double LeastGrowthOverDrop = 0.7;

    public static GrowthFinding Of(Series series)
    {
        var floor = Floor.Of(series);
        var finding = OfFloor(series, floor);
        if (finding.Outcome == Outcome.Leak || floor.Drops == 0)
            return finding;

        // Drops may also be noise upon a growth that they are small against; then all points count, and the noise is charged.
        var whole = Judgement.Of(series);
        return whole.KeepsGrowing && whole.Growth >= Math.Max(LeastGrowthMegabytes, LeastGrowthOverDrop * floor.LargestDrop)
            ? new(Outcome.Leak, whole.Slope, whole.Probability, Describe.LeakOverDrops(whole.Growth, floor))
            : finding;
    }

    private static GrowthFinding OfFloor(Series series, Floor floor)
    {
        var points = floor.Points;
        if (points.Count < Judgement.LeastPoints || points.Span < LeastShareOfWindow * series.Span)
            return OfTroughs(series, floor);

        var judgement = Judgement.Of(points);
        var (slope, probability) = (judgement.Slope, judgement.Probability);
        if (judgement.KeepsGrowing)
        {
            return judgement.Growth >= LeastGrowthMegabytes
                ? new(Outcome.Leak, slope, probability, Describe.Leak(judgement.Favoured.Shape, floor))
                : new(Outcome.TooEarlyToTell, slope, 1 - probability, Describe.Little(judgement.Growth, LeastGrowthMegabytes));
        }

        return judgement.Evidence < 0 && HasEnded(points, judgement.End) && judgement.BeyondEnd(points).High < MaterialPace
            ? new(Outcome.NoLeak, slope, 1 - probability, Describe.NoLeak(judgement.End.Shape, floor))
            : new(Outcome.TooEarlyToTell, slope, Math.Max(probability, 1 - probability), Describe.TooEarly(judgement.End.Shape, slope, floor));
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
            Describe.RarelySeen(floor));
    }

    /// <summary>Jumps may be the visible part of slow growth in large pieces: they have ended when none came for long.</summary>
    private static bool HasEnded(Series points, Explanation end) =>
        end.Shape != Shape.Steps || end.LastJump <= 0 || points.Minutes[^1] - end.SettledAt >= LeastShareOfWindow * points.Span;
}
