namespace LeakySpanner.Analysis.Trend;

/// <summary>The best pieces of constant height, by dynamic programming: O(jumps x points^2).</summary>
internal static class StepFit
{
    public const int MaxJumps = 6;

    /// <summary>A step must last a moment, or every outlier would be two.</summary>
    private const int MinPiece = 2;

    /// <returns>The best fit for each number of jumps from 1 to <see cref="MaxJumps"/>, as far as there are points.</returns>
    public static IEnumerable<Pieces> Of(double[] y)
    {
        var n = y.Length;
        var (sums, squares) = Prefixes(y);
        double Cost(int from, int to)
        {
            var sum = sums[to] - sums[from];
            return Math.Max(0, squares[to] - squares[from] - (sum * sum / (to - from)));
        }

        var best = new double[n + 1];
        for (var end = 0; end <= n; end++)
            best[end] = end < MinPiece ? double.PositiveInfinity : Cost(0, end);

        var cuts = new List<int[]>();
        for (var jump = 1; jump <= MaxJumps && n >= (jump + 1) * MinPiece; jump++)
        {
            var next = new double[n + 1];
            var cut = new int[n + 1];
            Array.Fill(next, double.PositiveInfinity);
            for (var end = (jump + 1) * MinPiece; end <= n; end++)
            {
                for (var start = jump * MinPiece; start <= end - MinPiece; start++)
                {
                    var cost = best[start] + Cost(start, end);
                    if (cost < next[end])
                        (next[end], cut[end]) = (cost, start);
                }
            }

            cuts.Add(cut);
            best = next;
            yield return Pieces.Of(y, Trace(cuts, n), best[n]);
        }
    }

    private static int[] Trace(List<int[]> cuts, int n)
    {
        var starts = new int[cuts.Count];
        var end = n;
        for (var jump = cuts.Count - 1; jump >= 0; jump--)
            starts[jump] = end = cuts[jump][end];
        return starts;
    }

    private static (double[] Sums, double[] Squares) Prefixes(double[] y)
    {
        var (sums, squares) = (new double[y.Length + 1], new double[y.Length + 1]);
        var mean = y.Average();
        for (var i = 0; i < y.Length; i++)
        {
            var value = y[i] - mean;
            (sums[i + 1], squares[i + 1]) = (sums[i] + value, squares[i] + (value * value));
        }

        return (sums, squares);
    }

    /// <param name="Starts">First index of every piece after the first.</param>
    /// <param name="Levels">Mean of every piece.</param>
    /// <param name="Squares">Sum of squared residuals.</param>
    internal sealed record Pieces(int[] Starts, double[] Levels, double Squares)
    {
        public int Jumps => Starts.Length;

        public static Pieces Of(double[] y, int[] starts, double squares)
        {
            int[] edges = [0, .. starts, y.Length];
            return new(starts, [.. Enumerable.Range(0, edges.Length - 1).Select(i => y[edges[i]..edges[i + 1]].Average())], squares);
        }

        public double[] Residuals(double[] y)
        {
            var residuals = new double[y.Length];
            var piece = 0;
            for (var i = 0; i < y.Length; i++)
            {
                if (piece < Starts.Length && i == Starts[piece])
                    piece++;
                residuals[i] = y[i] - Levels[piece];
            }

            return residuals;
        }
    }
}
