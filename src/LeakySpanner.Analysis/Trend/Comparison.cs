namespace LeakySpanner.Analysis.Trend;

/// <summary>The best growth without end against the best with one.</summary>
/// <param name="Leak">Null where nothing that keeps growing fits at all.</param>
/// <param name="End">The best explanation that ends.</param>
/// <param name="Evidence">How much cheaper the leak explains the data; negative where it does not.</param>
internal readonly record struct Comparison(Explanation? Leak, Explanation End, double Evidence)
{
    /// <summary>Megabytes; see <see cref="Explanation.Cost"/>.</summary>
    private const double Grain = 0.05;

    /// <summary>
    /// Both sides are charged as if the noise were what the leak leaves over: if the leak were true, could something that
    /// ends look like this? Where the leak is not true, that noise is large and correlated, and nothing is evident.
    /// </summary>
    public static Comparison Of(IEnumerable<Explanation> leaks, IEnumerable<Explanation> ends)
    {
        var leak = leaks.MinBy(e => (e.Residuals.Value.Length * Math.Log(e.Squares + 1e-9)) + (e.Parameters * Math.Log(e.Residuals.Value.Length)));
        var correlation = leak is null ? 0 : Autocorrelation.OfNeighbours(leak.Residuals.Value);
        var end = ends.MinBy(e => e.Cost(correlation, Grain))!;
        return new(leak, end, leak is null ? double.NegativeInfinity : end.Cost(correlation, Grain) - leak.Cost(correlation, Grain));
    }
}
