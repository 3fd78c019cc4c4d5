namespace LeakySpanner.Analysis.Attribution.Requests;

/// <summary>
/// Whitens series whose noise is white around a level that wanders: the one-step prediction errors of the local level model,
/// scaled to equal variance. Without drift that is a regression of levels, with nothing but drift one of differences; between
/// them lies what memory does. A level that is unknown at first takes the place of a constant.
/// </summary>
/// <remarks>J. Durbin, S. J. Koopman, Time Series Analysis by State Space Methods (2012), chapter 2.</remarks>
internal sealed class DriftFilter
{
    private readonly double[] _gains;
    private readonly double[] _scales;

    /// <param name="seconds">Of the points.</param>
    /// <param name="drift">Variance of the level's step per variance of the noise, for a step of usual length.</param>
    public DriftFilter(double[] seconds, double drift)
    {
        _gains = new double[seconds.Length];
        _scales = new double[seconds.Length];
        var usual = (seconds[^1] - seconds[0]) / (seconds.Length - 1);
        var variance = 1.0;
        for (var i = 1; i < seconds.Length; i++)
        {
            variance += drift * (seconds[i] - seconds[i - 1]) / usual;
            _gains[i] = variance / (variance + 1);
            _scales[i] = 1 / Math.Sqrt(variance + 1);
            LogDeterminant += Math.Log(variance + 1);
            variance = _gains[i];
        }
    }

    /// <summary>Of the covariance of the prediction errors, for the likelihood.</summary>
    public double LogDeterminant { get; }

    /// <returns>One value fewer than there are points.</returns>
    public double[] Apply(double[] values)
    {
        var errors = new double[values.Length - 1];
        var level = values[0];
        for (var i = 1; i < values.Length; i++)
        {
            var error = values[i] - level;
            level += _gains[i] * error;
            errors[i - 1] = error * _scales[i];
        }

        return errors;
    }
}
