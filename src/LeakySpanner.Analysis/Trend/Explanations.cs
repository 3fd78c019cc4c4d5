namespace LeakySpanner.Analysis.Trend;

/// <summary>
/// Every shape that a series may have, each fitted as well as it can be. Those that end are limited to what the window can
/// show: a ramp's plateau must fill the last quarter, and a saturating growth's time constant must be at most half of the window.
/// </summary>
internal static class Explanations
{
    private const double ShortestTimeConstant = 0.015;
    private const double LongestTimeConstant = 0.5;
    private const double LongestLateTimeConstant = 3;
    private const double LongestWarmUpTimeConstant = 0.2;
    private const double LatestEndOfRamp = 0.75;
    private const double LatestEndOfWarmUp = 0.6;
    private const int MostSingleJumps = 4;

    public static IEnumerable<Explanation> ThatEnd(Series series)
    {
        var y = series.Megabytes;
        yield return Of(Shape.Flat, 0, 1, y, LeastSquares.Fit(y, new double[y.Length]), new double[y.Length]);
        yield return Saturating(series, ShortestTimeConstant, LongestTimeConstant);
        yield return Ramp(series, fromTheStart: true);
        yield return Ramp(series, fromTheStart: false);
        foreach (var fit in StepFit.Of(y))
        {
            if (fit.Jumps <= MostSingleJumps && !StairRule.Holds(series, fit))
                yield return Of(Shape.Steps, series, fit, series.Minutes[fit.Starts[^1]]);
        }
    }

    /// <summary>Growth that slows down so little that it cannot be told from a steady one, unless there is hardly any noise.</summary>
    public static Explanation ThatEndsLate(Series series) => Saturating(series, LongestTimeConstant, LongestLateTimeConstant);

    public static IEnumerable<Explanation> ThatKeepGrowing(Series series)
    {
        var (t, y) = (series.Minutes, series.Megabytes);
        var linear = LeastSquares.Fit(y, t);
        if (linear.B > 0)
            yield return Of(Shape.Linear, t[0], 2, y, linear, t);

        foreach (var fit in StepFit.Of(y).Where(fit => StairRule.Holds(series, fit)))
            yield return Of(Shape.Stairs, series, fit, t[0]);

        double[] Early(double place) => Array.ConvertAll(t, time => Math.Min(time, t[0] + (place * series.Span)));
        var change = Places.Least(1, LatestEndOfWarmUp, places => LeastSquares.Fit(y, t, Early(places.End)) is { B: > 0 } fit ? fit.Squares : double.MaxValue).End;
        var changed = LeastSquares.Fit(y, t, Early(change));
        if (changed.B > 0)
            yield return Of(Shape.WarmUpThenLinear, t[0] + (change * series.Span), 4, y, changed, t, Early(change));

        var constant = LeastOf(ShortestTimeConstant, LongestWarmUpTimeConstant, tau => LeastSquares.Fit(y, t, Saturation(series, tau)).Squares);
        var warmUp = Saturation(series, constant);
        var both = LeastSquares.Fit(y, t, warmUp);
        if (both.B > 0)
            yield return Of(Shape.WarmUpThenLinear, t[0] + (3 * constant * series.Span), 4, y, both, t, warmUp);
    }

    private static Explanation Saturating(Series series, double shortest, double longest)
    {
        var y = series.Megabytes;
        var constant = LeastOf(shortest, longest, tau => LeastSquares.Fit(y, Saturation(series, tau)).Squares);
        var x = Saturation(series, constant);
        return Of(Shape.Saturating, series.Minutes[0] + (Math.Min(0.7, 3 * constant) * series.Span), 3, y, LeastSquares.Fit(y, x), x);
    }

    /// <summary>The least value of a function over a logarithmic range: eight places first, then golden sections around the best.</summary>
    private static double LeastOf(double low, double high, Func<double, double> function)
    {
        const int Places = 8;
        const double Golden = 0.6180339887;
        double At(double place) => low * Math.Pow(high / low, place);

        var best = Enumerable.Range(0, Places).MinBy(i => function(At(i / (Places - 1.0)))) / (Places - 1.0);
        var (left, right) = (Math.Max(0, best - (1.0 / (Places - 1))), Math.Min(1, best + (1.0 / (Places - 1))));
        for (var step = 0; step < 10; step++)
        {
            var (a, b) = (right - (Golden * (right - left)), left + (Golden * (right - left)));
            (left, right) = function(At(a)) < function(At(b)) ? (left, b) : (a, right);
        }

        return At((left + right) / 2);
    }

    private static Explanation Ramp(Series series, bool fromTheStart)
    {
        var (t, y) = (series.Minutes, series.Megabytes);
        double[] Between((double Start, double End) places) =>
            Array.ConvertAll(t, time => Math.Clamp(time, t[0] + (places.Start * series.Span), t[0] + (places.End * series.Span)));

        var best = Places.Least(fromTheStart ? 1 : 2, LatestEndOfRamp, places => LeastSquares.Fit(y, Between(places)).Squares);
        var x = Between(best);
        return Of(Shape.EndedRamp, t[0] + (best.End * series.Span), fromTheStart ? 3 : 4, y, LeastSquares.Fit(y, x), x);
    }

    private static double[] Saturation(Series series, double constant)
    {
        var (start, tau) = (series.Minutes[0], constant * series.Span);
        return Array.ConvertAll(series.Minutes, time => 1 - Math.Exp((start - time) / tau));
    }

    private static Explanation Of(Shape shape, double settled, int parameters, double[] y, LeastSquares fit, double[] x1, double[]? x2 = null) =>
        new(shape, settled, fit.Squares, parameters, new(() => fit.Residuals(y, x1, x2)));

    private static Explanation Of(Shape shape, Series series, StepFit.Pieces fit, double settled) =>
        new(shape, settled, fit.Squares, shape == Shape.Stairs ? 4 : 1 + (2 * fit.Jumps), new(() => fit.Residuals(series.Megabytes)))
        {
            LastJump = fit.Levels[^1] - fit.Levels[^2],
        };
}
