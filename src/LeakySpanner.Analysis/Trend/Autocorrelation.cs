namespace LeakySpanner.Analysis.Trend;

/// <summary>
/// How many times fewer independent points there are than points. Memory that is up now is up a moment later too, so a
/// plain interval would be far too narrow.
/// </summary>
/// <remarks>
/// K. H. Hamed, A. R. Rao, "A modified Mann-Kendall trend test for autocorrelated data", Journal of Hydrology 204 (1998),
/// equation 12: computed from the ranks of the detrended data, significant lags only.
/// </remarks>
internal static class Autocorrelation
{
    /// <returns>At least 1: apparent anticorrelation is not believed to add information.</returns>
    public static double Correction(ReadOnlySpan<double> residuals)
    {
        var n = residuals.Length;
        if (n < 6)
            return 1;

        var ranks = Ranks(residuals);
        var mean = (n - 1) / 2.0;
        var variance = 0.0;
        foreach (var rank in ranks)
            variance += (rank - mean) * (rank - mean);

        if (variance <= 0)
            return 1;

        var sum = 0.0;
        for (var lag = 1; lag <= n / 3; lag++)
        {
            var covariance = 0.0;
            for (var i = 0; i + lag < n; i++)
                covariance += (ranks[i] - mean) * (ranks[i + lag] - mean);

            // The estimate from a short, detrended series is too low by about this much (Kendall 1954).
            var correlation = (covariance / variance) + (1.0 / n);
            if (Math.Abs(correlation) < 1.645 / Math.Sqrt(n))
                break;
            sum += (n - lag) * (n - lag - 1.0) * (n - lag - 2.0) * correlation;
        }

        // Where the significant lags are few, the first-order process through the nearest one still counts.
        var neighbours = OfNeighbours(residuals);
        return Math.Max((1 + neighbours) / (1 - neighbours), 1 + (2 * sum / (n * (n - 1.0) * (n - 2.0))));
    }

    /// <summary>Correlation of neighbours, 0 to 0.95, with Kendall's correction for short series.</summary>
    public static double OfNeighbours(ReadOnlySpan<double> residuals)
    {
        double products = 0, squares = 0;
        for (var i = 0; i < residuals.Length; i++)
        {
            squares += residuals[i] * residuals[i];
            products += i > 0 ? residuals[i] * residuals[i - 1] : 0;
        }

        if (squares <= 0)
            return 0;
        var correlation = products / squares;
        return Math.Clamp(correlation + ((1 + (4 * correlation)) / residuals.Length), 0, 0.95);
    }

    private static double[] Ranks(ReadOnlySpan<double> values)
    {
        var keys = values.ToArray();
        var order = new int[keys.Length];
        for (var i = 0; i < order.Length; i++)
            order[i] = i;
        Array.Sort(keys, order);

        var ranks = new double[keys.Length];
        for (var first = 0; first < keys.Length;)
        {
            var end = first;
            while (end < keys.Length && keys[end] == keys[first])
                end++;
            for (var i = first; i < end; i++)
                ranks[order[i]] = (first + end - 1) / 2.0;
            first = end;
        }

        return ranks;
    }
}
