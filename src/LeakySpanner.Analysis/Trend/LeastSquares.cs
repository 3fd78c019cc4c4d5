namespace LeakySpanner.Analysis.Trend;

/// <summary>y = a + b x1 + c x2, ordinary least squares; x2 may be missing.</summary>
internal readonly record struct LeastSquares(double B, double C, double Squares)
{
    public static LeastSquares Fit(ReadOnlySpan<double> y, ReadOnlySpan<double> x1, ReadOnlySpan<double> x2 = default)
    {
        var (my, m1, m2) = (Mean(y), Mean(x1), x2.IsEmpty ? 0 : Mean(x2));
        double s11 = 0, s12 = 0, s22 = 0, s1 = 0, s2 = 0, syy = 0;
        for (var i = 0; i < y.Length; i++)
        {
            var (dy, d1, d2) = (y[i] - my, x1[i] - m1, x2.IsEmpty ? 0 : x2[i] - m2);
            s11 += d1 * d1;
            s12 += d1 * d2;
            s22 += d2 * d2;
            s1 += d1 * dy;
            s2 += d2 * dy;
            syy += dy * dy;
        }

        var determinant = (s11 * s22) - (s12 * s12);
        if (x2.IsEmpty || determinant <= 1e-9 * s11 * s22)
            return s11 <= 0 ? new(0, 0, syy) : new(s1 / s11, 0, Math.Max(0, syy - (s1 * s1 / s11)));

        var b = ((s1 * s22) - (s2 * s12)) / determinant;
        var c = ((s2 * s11) - (s1 * s12)) / determinant;
        return new(b, c, Math.Max(0, syy - (b * s1) - (c * s2)));
    }

    public double[] Residuals(double[] y, double[] x1, double[]? x2 = null)
    {
        var residuals = new double[y.Length];
        for (var i = 0; i < y.Length; i++)
            residuals[i] = y[i] - (B * x1[i]) - (x2 is null ? 0 : C * x2[i]);

        var mean = Mean(residuals);
        for (var i = 0; i < y.Length; i++)
            residuals[i] -= mean;
        return residuals;
    }

    private static double Mean(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        foreach (var value in values)
            sum += value;
        return values.IsEmpty ? 0 : sum / values.Length;
    }
}
