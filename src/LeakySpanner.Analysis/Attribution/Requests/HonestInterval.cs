namespace LeakySpanner.Analysis.Attribution.Requests;

/// <summary>
/// Half the width of a 95 % interval of a weighted sum of errors that may be correlated in time and differ in size.
/// </summary>
/// <remarks>
/// Equal-weighted cosine transforms of the scores, and Student's t with as many degrees of freedom as transforms: E. Lazarus, D. J.
/// Lewis, J. H. Stock, M. W. Watson, "HAR Inference: Recommendations for Practice", Journal of Business and Economic Statistics 36
/// (2018). Where few points carry most of the weight or of the error, there are as few degrees of freedom as such points.
/// </remarks>
internal static class HonestInterval
{
    private const double LeastFreedom = 2;

    /// <param name="weights">Of the errors in the sum.</param>
    /// <param name="residuals">The errors, as estimated without their own point.</param>
    /// <param name="least">The sum's variance for independent errors of variance 1. Larger than the weights' squares where columns depend on one another.</param>
    public static double HalfWidth(double[] weights, double[] residuals, double least)
    {
        var count = residuals.Length;
        var scores = new double[count];
        for (var t = 0; t < count; t++)
            scores[t] = weights[t] * residuals[t];

        var transforms = Math.Clamp((int)(0.4 * Math.Pow(count, 2.0 / 3)), 4, 64);
        var variance = 0.0;
        for (var j = 1; j <= transforms; j++)
        {
            var sum = CosineSum(scores, j);
            variance += 2 * sum * sum / transforms;
        }

        // The same as if errors were independent: apparent anticorrelation is not believed to add information.
        variance = Math.Max(variance, NormalEquations.Dot(scores, scores));
        if (least > 1.01 * NormalEquations.Dot(weights, weights))
            variance = Math.Max(variance, least * NormalEquations.Dot(residuals, residuals) / count);
        var freedom = Math.Min(transforms, Math.Min(Carriers(scores), Carriers(weights)));
        return Student(Math.Max(LeastFreedom, freedom)) * Math.Sqrt(variance);
    }

    /// <summary>How many points of equal size would vary as much as these.</summary>
    private static double Carriers(double[] values)
    {
        double squares = 0, fourth = 0;
        foreach (var value in values)
        {
            squares += value * value;
            fourth += value * value * value * value;
        }

        return fourth <= 0 ? LeastFreedom : squares * squares / fourth;
    }

    /// <summary>By Chebyshev's recurrence: no cosine per point.</summary>
    private static double CosineSum(double[] values, int order)
    {
        var angle = Math.PI * order / values.Length;
        var twice = 2 * Math.Cos(angle);
        var (before, now) = (Math.Cos(angle / 2), Math.Cos(angle / 2));
        var sum = 0.0;
        foreach (var value in values)
        {
            sum += value * now;
            (before, now) = (now, (twice * now) - before);
        }

        return sum;
    }

    /// <summary>The 97.5 % quantile of Student's t (Cornish and Fisher); within 3 % from 2 degrees of freedom up.</summary>
    private static double Student(double freedom)
    {
        const double z = 1.959964;
        var (z3, z5, z7) = (z * z * z, z * z * z * z * z, z * z * z * z * z * z * z);
        return z
            + ((z3 + z) / (4 * freedom))
            + (((5 * z5) + (16 * z3) + (3 * z)) / (96 * freedom * freedom))
            + (((3 * z7) + (19 * z5) + (17 * z3) - (15 * z)) / (384 * freedom * freedom * freedom));
    }
}
