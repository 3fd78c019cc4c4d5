using System.Numerics;

namespace LeakySpanner.Analysis.Attribution.Requests;

/// <summary>Least squares by the normal equations, of columns that are scaled to length 1 first.</summary>
internal sealed class NormalEquations
{
    /// <summary>Added to the diagonal, so that columns that depend on one another give wide intervals and no division by zero.</summary>
    private const double Ridge = 1e-9;

    /// <summary>A point that alone determines a coefficient has no residual at all.</summary>
    private const double LeastIndependence = 0.05;

    private readonly double[] _lengths;
    private readonly double[][] _gram;
    private readonly double[] _products;

    public NormalEquations(IReadOnlyList<double[]> columns, double[] values)
    {
        Columns = columns;
        Values = values;
        _lengths = [.. columns.Select(column => Math.Sqrt(Dot(column, column)))];
        _gram = new double[columns.Count][];
        _products = new double[columns.Count];
        for (var i = 0; i < columns.Count; i++)
        {
            _gram[i] = new double[columns.Count];
            _products[i] = _lengths[i] > 0 ? Dot(columns[i], values) / _lengths[i] : 0;
            for (var j = 0; j < i; j++)
                _gram[i][j] = _gram[j][i] = _lengths[i] > 0 && _lengths[j] > 0 ? Dot(columns[i], columns[j]) / (_lengths[i] * _lengths[j]) : 0;
            _gram[i][i] = 1 + Ridge;
        }

        Inverse = Invert(_gram, out var logDeterminant);
        LogDeterminant = logDeterminant + (2 * _lengths.Where(length => length > 0).Sum(Math.Log));
    }

    public IReadOnlyList<double[]> Columns { get; }

    public double[] Values { get; }

    /// <summary>Of the scaled Gram matrix. A diagonal element is what the other columns multiply the variance by.</summary>
    public double[][] Inverse { get; }

    /// <summary>Of the Gram matrix of the columns as they were given.</summary>
    public double LogDeterminant { get; }

    public double[] Solve()
    {
        var solution = new double[_products.Length];
        for (var i = 0; i < solution.Length; i++)
            solution[i] = _lengths[i] > 0 ? Dot(Inverse[i], _products) / _lengths[i] : 0;
        return solution;
    }

    /// <summary>The solution in which the first so many coefficients are not negative (Lawson and Hanson's active sets).</summary>
    /// <param name="bounded">Which of the coefficients may not be negative.</param>
    public double[] SolveBounded(bool[] bounded)
    {
        var free = Array.ConvertAll(bounded, isBounded => !isBounded);
        var solution = Restricted(free);
        for (var round = 0; round < 3 * bounded.Length; round++)
        {
            // The steepest way down into the allowed region.
            var (best, steepest) = (-1, 1e-9);
            for (var i = 0; i < free.Length; i++)
            {
                var slope = free[i] || _lengths[i] <= 0 ? 0 : _products[i] - Dot(_gram[i], solution);
                if (slope > steepest * Math.Sqrt(Dot(Values, Values)))
                    (best, steepest) = (i, slope / Math.Sqrt(Dot(Values, Values)));
            }

            if (best < 0)
                break;
            free[best] = true;
            solution = Feasible(free, bounded, solution);
        }

        for (var i = 0; i < solution.Length; i++)
            solution[i] = _lengths[i] > 0 ? solution[i] / _lengths[i] : 0;
        return solution;
    }

    /// <summary>What is left of the values.</summary>
    public double[] Residuals(double[] solution)
    {
        var rest = (double[])Values.Clone();
        for (var i = 0; i < solution.Length; i++)
        {
            for (var t = 0; t < rest.Length; t++)
                rest[t] -= solution[i] * Columns[i][t];
        }

        return rest;
    }

    /// <summary>What is left of the values, each corrected for what its own point had to say in the fit (MacKinnon and White's HC2).</summary>
    public double[] ResidualsLeftOut(double[] solution)
    {
        var rest = Residuals(solution);
        var row = new double[solution.Length];
        for (var t = 0; t < rest.Length; t++)
        {
            for (var i = 0; i < row.Length; i++)
                row[i] = _lengths[i] > 0 ? Columns[i][t] / _lengths[i] : 0;
            var leverage = 0.0;
            for (var i = 0; i < row.Length; i++)
                leverage += row[i] * Dot(Inverse[i], row);
            rest[t] /= Math.Sqrt(Math.Max(LeastIndependence, 1 - leverage));
        }

        return rest;
    }

    /// <summary>What each point weighs in a sum of coefficients: their estimate is the sum of weights times values.</summary>
    public double[] Weights(double[] contrast)
    {
        var scaled = new double[contrast.Length];
        for (var i = 0; i < contrast.Length; i++)
            scaled[i] = _lengths[i] > 0 ? contrast[i] / _lengths[i] : 0;
        var weights = new double[Values.Length];
        for (var i = 0; i < contrast.Length; i++)
        {
            var factor = _lengths[i] > 0 ? Dot(Inverse[i], scaled) / _lengths[i] : 0;
            for (var t = 0; t < weights.Length; t++)
                weights[t] += factor * Columns[i][t];
        }

        return weights;
    }

    /// <summary>Variance of a sum of coefficients, for errors of variance 1 that do not depend on one another.</summary>
    public double Variance(double[] contrast)
    {
        var scaled = new double[contrast.Length];
        for (var i = 0; i < contrast.Length; i++)
            scaled[i] = _lengths[i] > 0 ? contrast[i] / _lengths[i] : 0;
        var variance = 0.0;
        for (var i = 0; i < scaled.Length; i++)
            variance += scaled[i] == 0 ? 0 : scaled[i] * Dot(Inverse[i], scaled);
        return variance;
    }

    public static double Dot(double[] a, double[] b)
    {
        var sums = Vector<double>.Zero;
        var i = 0;
        for (; i <= a.Length - Vector<double>.Count; i += Vector<double>.Count)
            sums += new Vector<double>(a, i) * new Vector<double>(b, i);
        var sum = Vector.Sum(sums);
        for (; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    /// <summary>Goes from a solution that is allowed towards the best of the free set, and fixes what would become negative on the way.</summary>
    private double[] Feasible(bool[] free, bool[] bounded, double[] solution)
    {
        for (var round = 0; round <= free.Length; round++)
        {
            var target = Restricted(free);
            var (step, blocking) = (1.0, -1);
            for (var i = 0; i < free.Length; i++)
            {
                if (!free[i] || !bounded[i] || target[i] >= 0)
                    continue;
                var part = solution[i] <= 0 ? 0 : solution[i] / (solution[i] - target[i]);
                if (part < step)
                    (step, blocking) = (part, i);
            }

            if (blocking < 0)
                return target;
            for (var i = 0; i < free.Length; i++)
                solution[i] += step * (target[i] - solution[i]);
            solution[blocking] = 0;
            free[blocking] = false;
        }

        return solution;
    }

    private double[] Restricted(bool[] free)
    {
        int[] indices = [.. Enumerable.Range(0, free.Length).Where(i => free[i])];
        var inverse = Invert([.. indices.Select(i => Array.ConvertAll(indices, j => _gram[i][j]))], out _);
        var products = Array.ConvertAll(indices, i => _products[i]);
        var solution = new double[free.Length];
        for (var i = 0; i < indices.Length; i++)
            solution[indices[i]] = Dot(inverse[i], products);
        return solution;
    }

    /// <summary>Of a positive definite matrix, by Cholesky's factors.</summary>
    private static double[][] Invert(double[][] matrix, out double logDeterminant)
    {
        var size = matrix.Length;
        logDeterminant = 0;
        var lower = new double[size][];
        for (var i = 0; i < size; i++)
        {
            lower[i] = new double[size];
            for (var j = 0; j <= i; j++)
            {
                var sum = matrix[i][j];
                for (var k = 0; k < j; k++)
                    sum -= lower[i][k] * lower[j][k];
                lower[i][j] = i == j ? Math.Sqrt(Math.Max(sum, Ridge / 2)) : sum / lower[j][j];
            }
        }

        for (var i = 0; i < size; i++)
            logDeterminant += 2 * Math.Log(lower[i][i]);

        // Columns of the inverse of the triangle, kept as rows.
        var columns = new double[size][];
        for (var j = 0; j < size; j++)
        {
            columns[j] = new double[size];
            columns[j][j] = 1 / lower[j][j];
            for (var i = j + 1; i < size; i++)
            {
                var sum = 0.0;
                for (var k = j; k < i; k++)
                    sum -= lower[i][k] * columns[j][k];
                columns[j][i] = sum / lower[i][i];
            }
        }

        var inverse = new double[size][];
        for (var i = 0; i < size; i++)
        {
            inverse[i] = new double[size];
            for (var j = 0; j <= i; j++)
                inverse[i][j] = inverse[j][i] = Dot(columns[i], columns[j]);
        }

        return inverse;
    }
}
