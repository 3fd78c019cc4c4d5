namespace LeakySpanner.Analysis.Trend;

/// <summary>Where in a window a growth starts and ends, as shares of it.</summary>
internal static class Places
{
    private const double Grid = 0.05;
    private const int Refinements = 4;

    /// <summary>
    /// The places at which a function is least: on a grid first, then closer and closer around the best. At most 160 calls.
    /// </summary>
    /// <param name="free">1 where only the end is sought and the start is the window's; 2 for both.</param>
    /// <param name="latest">The latest end.</param>
    /// <param name="function">Of start and end.</param>
    public static (double Start, double End) Least(int free, double latest, Func<(double Start, double End), double> function)
    {
        var best = (Start: 0.0, End: latest);
        var least = function(best);
        void Try(double start, double end)
        {
            if (start < 0 || end > latest || end - start < Grid / 4 || (free == 1 && start > 0))
                return;
            var value = function((start, end));
            if (value < least)
                (least, best) = (value, (start, end));
        }

        for (var end = Grid; end < latest; end += Grid)
        {
            for (var start = 0.0; start < (free == 1 ? Grid / 2 : end - (Grid / 2)); start += Grid)
                Try(start, end);
        }

        for (var step = Grid / 2; step > Grid / Math.Pow(2, Refinements + 1); step /= 2)
        {
            var (start, end) = best;
            for (var i = -1; i <= 1; i++)
            {
                for (var j = -1; j <= 1; j++)
                    Try(start + (i * step), end + (j * step));
            }
        }

        return best;
    }
}
