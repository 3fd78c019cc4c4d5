using LeakySpanner.Model.Usage;

namespace LeakySpanner.Analysis.Rhythm;

/// <summary>Rises that stand out of a series: what a job takes when it starts.</summary>
/// <param name="At">When each begins.</param>
/// <param name="TypicalBytes">Their median height.</param>
public sealed record Jumps(IReadOnlyList<TimeSpan> At, long TypicalBytes)
{
    private const double LeastShareOfRange = 0.15;
    private const double OfNoise = 10;
    private const int LeastPoints = 8;

    /// <summary>O(n log n).</summary>
    public static Jumps Of(ReadOnlySpan<MemorySample> samples)
    {
        if (samples.Length < LeastPoints)
            return new([], 0);
        var steps = new double[samples.Length - 1];
        var (least, most) = (samples[0].Rss.Bytes, samples[0].Rss.Bytes);
        for (var i = 0; i < steps.Length; i++)
        {
            steps[i] = samples[i + 1].Rss.Bytes - samples[i].Rss.Bytes;
            (least, most) = (Math.Min(least, samples[i + 1].Rss.Bytes), Math.Max(most, samples[i + 1].Rss.Bytes));
        }

        var threshold = Math.Max(LeastShareOfRange * (most - least), OfNoise * MedianOf(Array.ConvertAll(steps, Math.Abs)));
        var (times, heights) = (new List<TimeSpan>(), new List<double>());
        for (var i = 0; i < steps.Length; i++)
        {
            if (steps[i] < threshold || threshold <= 0)
                continue;
            times.Add(samples[i + 1].At);
            var height = steps[i];
            while (i + 1 < steps.Length && steps[i + 1] > 0)
                height += steps[++i];
            heights.Add(height);
        }

        return new(times, heights.Count == 0 ? 0 : (long)MedianOf([.. heights]));
    }

    private static double MedianOf(double[] values)
    {
        Array.Sort(values);
        return (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
    }
}
