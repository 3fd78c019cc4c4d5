namespace LeakySpanner.Reports.Plots;

/// <summary>An axis from 0 that ends at a round number, with marks at round numbers.</summary>
/// <param name="End">Its upper end.</param>
/// <param name="Step">Between marks.</param>
internal readonly record struct Scale(double End, double Step)
{
    private static readonly double[] RoundSteps = [1, 2, 5, 10];
    private static readonly double[] RoundSeconds = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400];

    public IEnumerable<double> Marks
    {
        get
        {
            for (var i = 0; i * Step <= End * 1.0001; i++)
                yield return i * Step;
        }
    }

    /// <param name="most">What must find room.</param>
    /// <param name="marks">About how many.</param>
    public static Scale Of(double most, int marks)
    {
        var rough = Math.Max(most, 1e-6) / marks;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var step = RoundSteps.First(factor => factor * power >= rough * 0.999) * power;
        return new Scale(Math.Max(1, Math.Ceiling(most / step * 0.9999)) * step, step);
    }

    /// <summary>Time: it ends where it ends, only its marks are round.</summary>
    public static Scale OfTime(double seconds, int marks)
    {
        var rough = seconds / marks;
        return rough < 1 ? Of(seconds, marks) with { End = Math.Max(seconds, 1e-6) }
            : new Scale(seconds, RoundSeconds.FirstOrDefault(step => step >= rough, Math.Ceiling(rough / 86400) * 86400));
    }
}
