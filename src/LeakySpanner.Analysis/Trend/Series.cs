using LeakySpanner.Model.Usage;

namespace LeakySpanner.Analysis.Trend;

/// <summary>Megabytes over minutes, in order of time. What every judgement works on.</summary>
internal readonly record struct Series(double[] Minutes, double[] Megabytes)
{
    /// <summary>How many blocks a series is cut into: bounds the pairs (7,140) and fits of a judgement, whatever was sampled.</summary>
    public const int MaxBlocks = 120;

    public int Count => Minutes.Length;

    public double Span => Count == 0 ? 0 : Minutes[^1] - Minutes[0];

    public double Range => Count == 0 ? 0 : Megabytes.Max() - Megabytes.Min();

    /// <summary>
    /// Cuts the samples into at most <see cref="MaxBlocks"/> blocks of equal time and takes the lower quartile of each: what
    /// the process holds between requests rather than at the height of one. O(n log n). Samples out of order are dropped.
    /// </summary>
    public static Series OfBlocks(ReadOnlySpan<MemorySample> samples)
    {
        var (minutes, megabytes) = Ordered(samples);
        if (minutes.Count <= MaxBlocks)
            return new([.. minutes], [.. megabytes]);

        var (start, span) = (minutes[0], minutes[^1] - minutes[0]);
        var times = new List<double>(MaxBlocks);
        var values = new List<double>(MaxBlocks);
        for (var first = 0; first < minutes.Count;)
        {
            var block = BlockOf(minutes[first], start, span);
            var end = first;
            while (end < minutes.Count && BlockOf(minutes[end], start, span) == block)
                end++;

            var held = megabytes.GetRange(first, end - first);
            held.Sort();
            times.Add((minutes[first] + minutes[end - 1]) / 2);
            values.Add(held[(held.Count - 1) / 4]);
            first = end;
        }

        return new([.. times], [.. values]);
    }

    public Series From(double minute)
    {
        var first = Array.FindIndex(Minutes, time => time >= minute);
        return first < 0 ? new([], []) : new(Minutes[first..], Megabytes[first..]);
    }

    private static int BlockOf(double minute, double start, double span) =>
        span <= 0 ? 0 : Math.Min(MaxBlocks - 1, (int)((minute - start) / span * MaxBlocks));

    private static (List<double> Minutes, List<double> Megabytes) Ordered(ReadOnlySpan<MemorySample> samples)
    {
        // Kernels before 4.5 do not split the resident size; then all of it is the best there is.
        var split = false;
        foreach (var sample in samples)
            split |= sample.Anonymous.Bytes > 0;

        var minutes = new List<double>(samples.Length);
        var megabytes = new List<double>(samples.Length);
        foreach (var sample in samples)
        {
            if (minutes.Count > 0 && sample.At.TotalMinutes <= minutes[^1])
                continue;
            minutes.Add(sample.At.TotalMinutes);
            megabytes.Add((split ? sample.Anonymous : sample.Rss).InMB + sample.Swapped.InMB);
        }

        return (minutes, megabytes);
    }
}
