namespace LeakySpanner.Analysis.Trend;

/// <summary>The best explanation of some points, and how far it carries.</summary>
/// <param name="Leak">The best growth without end, or null.</param>
/// <param name="End">The best explanation that ends.</param>
/// <param name="Evidence">How much cheaper the leak explains the points (Schwarz's criterion).</param>
/// <param name="Needed">How much is asked for.</param>
/// <param name="Correction">How many times fewer independent points there are than points.</param>
/// <param name="Slope">Megabytes per minute since the favoured explanation has its final pace.</param>
/// <param name="Growth">Megabytes gained in that time.</param>
internal sealed record Judgement(
    Explanation? Leak, Explanation End, double Evidence, double Needed, double Correction, TheilSen Slope, double Growth)
{
    /// <summary>How much cheaper a growth without end must explain the data than one with an end: odds of e to 1.</summary>
    private const double EvidenceOfSteadyLeak = 2;

    /// <summary>The same where the pace changed on the way: it may do so again. Odds of 20 to 1.</summary>
    private const double EvidenceOfChangedLeak = 6;

    public const int LeastPoints = 5;

    public Explanation Favoured => Evidence > 0 ? Leak! : End;

    public bool KeepsGrowing => Evidence >= Needed && Slope.Low > 0;

    /// <summary>Of the leak, if the two sides were equally likely at first.</summary>
    public double Probability => 1 / (1 + Math.Exp(-Math.Clamp(Evidence, -40, 40) / 2));

    public static Judgement Of(Series points)
    {
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
        return new(leak, end, evidence, needed, correction, slope, slope.Slope * settled.Span);
    }

    /// <summary>Growth that the ending shape leaves over: what a leak underneath a warm-up or between jumps would add.</summary>
    public TheilSen BeyondEnd(Series points)
    {
        var settled = points.From(End.SettledAt);
        return TheilSen.Of(settled.Minutes, End.Residuals.Value.AsSpan(points.Count - settled.Count), Correction);
    }
}
