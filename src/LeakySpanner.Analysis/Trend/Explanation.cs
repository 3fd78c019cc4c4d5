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
    public bool KeepsGrowing => Shape >= Shape.Linear;

    /// <summary>
    /// Schwarz's criterion over the independent points. Differences below <paramref name="grain"/> explain nothing: no real
    /// process follows a formula to the page.
    /// </summary>
    public double Cost(int points, double independent, double grain) =>
        (independent * Math.Log((Squares / points) + (grain * grain))) + (Parameters * Math.Log(Math.Max(Math.E, independent)));
}
