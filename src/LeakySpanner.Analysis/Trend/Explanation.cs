namespace LeakySpanner.Analysis.Trend;

/// <summary>The shapes in which memory grows, as far as they can be told apart.</summary>
internal enum Shape
{
    Flat,
    Saturating,
    EndedRamp,
    Steps,

    /// <summary>Steady to the end.</summary>
    Linear,

    /// <summary>At another pace at first, then steady to the end.</summary>
    WarmUpThenLinear,

    /// <summary>Equal steps at equal distances, to the end.</summary>
    Stairs,
}

/// <summary>One shape fitted to a series.</summary>
/// <param name="Shape">Which.</param>
/// <param name="SettledAt">From which minute on the shape has its final pace.</param>
/// <param name="Squares">Sum of squared residuals.</param>
/// <param name="Parameters">Numbers that were fitted, places included.</param>
/// <param name="Residuals">Data less the shape.</param>
internal sealed record Explanation(Shape Shape, double SettledAt, double Squares, int Parameters, Lazy<double[]> Residuals)
{
    /// <summary>Height of the last jump; 0 for shapes without jumps.</summary>
    public double LastJump { get; init; }

    public bool KeepsGrowing => Shape >= Shape.Linear;

    /// <summary>
    /// Schwarz's criterion under first-order autoregressive noise: what is left of the residuals once each is predicted from
    /// the one before. Differences below <paramref name="grain"/> explain nothing: no real process follows a formula to the page.
    /// </summary>
    /// <param name="correlation">Of neighbouring residuals; the same for all explanations that are compared.</param>
    /// <param name="grain">In megabytes.</param>
    public double Cost(double correlation, double grain)
    {
        var residuals = Residuals.Value;
        var squares = residuals[0] * residuals[0] * (1 - (correlation * correlation));
        for (var i = 1; i < residuals.Length; i++)
        {
            var surprise = residuals[i] - (correlation * residuals[i - 1]);
            squares += surprise * surprise;
        }

        return (residuals.Length * Math.Log((squares / residuals.Length) + (grain * grain))) + (Parameters * Math.Log(residuals.Length));
    }
}
