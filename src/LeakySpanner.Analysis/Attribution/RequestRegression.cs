using LeakySpanner.Analysis.Attribution.Requests;
using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.Analysis.Attribution;

/// <summary>
/// What a request of each route leaves behind: growth of anonymous memory regressed on finished requests, under a noise that
/// wanders. Pure. See docs/attribution.md.
/// </summary>
public static class RequestRegression
{
    private const double LeastSeconds = 10;
    private const int LeastPoints = 16;

    /// <summary>Candidates for how much of the noise wanders, per step. Never 0: memory that drifts for no reason is the rule.</summary>
    private static readonly double[] Drifts = [1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1, 3, 10, 100];

    /// <summary>Some milliseconds for 3,600 samples of 50 routes. Never throws because of what was measured.</summary>
    /// <param name="memory">In order of time.</param>
    /// <param name="traffic">On the same clock; not necessarily of the same instants.</param>
    public static RouteCosts Fit(ReadOnlySpan<MemorySample> memory, Traffic traffic)
    {
        ArgumentNullException.ThrowIfNull(traffic);
        var grid = RequestGrid.Of(memory, traffic);
        if (grid.Span < LeastSeconds * 0.95 || grid.Count < LeastPoints)
            return new([], null, 0, [$"requests and memory were watched together for {grid.Span:0} s: too little to say which route leaves how much"]);
        var columns = RouteColumns.Of(grid, traffic);
        if (columns.Counts.Count == 0)
            return new([], null, 0, ["no request was finished while memory was watched"]);

        var equations = Whiten(grid, columns);
        return RouteCostEstimate.Of(grid, columns, equations, traffic.Lost);
    }

    /// <summary>By the restricted likelihood, which does not mistake the freedom that the routes use up for a quiet noise.</summary>
    private static NormalEquations Whiten(RequestGrid grid, RouteColumns columns)
    {
        var (best, likeliest) = ((NormalEquations?)null, double.NegativeInfinity);
        foreach (var drift in Drifts)
        {
            var filter = new DriftFilter(grid.Seconds, drift);
            var trial = new NormalEquations([.. columns.All.Select(filter.Apply)], filter.Apply(grid.Bytes));
            var residuals = trial.Residuals(trial.Solve());
            var squares = Math.Max(NormalEquations.Dot(residuals, residuals), double.Epsilon);
            var freedom = Math.Max(1, residuals.Length - columns.All.Count);
            var likelihood = -0.5 * (filter.LogDeterminant + trial.LogDeterminant + (freedom * Math.Log(squares)));
            if (best is null || likelihood > likeliest)
                (best, likeliest) = (trial, likelihood);
        }

        return best!;
    }
}
