using LeakySpanner.Model.Usage;

namespace LeakySpanner.Analysis.Attribution.Requests;

/// <summary>
/// Memory and finished requests at common instants (those of whichever was sampled more rarely, the other interpolated),
/// averaged over blocks of time. Memory is taken when a request begins and a request is counted when it ends; over a block that
/// is long against requests the difference is next to nothing, while from sample to sample it is as large as what is measured.
/// </summary>
/// <param name="Seconds">Of each point, ascending.</param>
/// <param name="Bytes">Anonymous memory, swapped out or not.</param>
/// <param name="Finished">By route in <see cref="Traffic.Routes"/>: requests since the first point.</param>
internal sealed record RequestGrid(double[] Seconds, double[] Bytes, double[][] Finished)
{
    /// <summary>Bounds the cost of a regression, whatever was sampled.</summary>
    public const int MostBlocks = 240;

    private const double ShortestBlock = 0.5;

    /// <summary>A single sample may come before or after a burst of requests that takes memory; several even that out.</summary>
    private const int SamplesPerBlock = 4;

    public int Count => Seconds.Length;

    public double Span => Count == 0 ? 0 : Seconds[^1] - Seconds[0];

    /// <summary>Samples out of order, and those outside the time that both cover, are dropped.</summary>
    public static RequestGrid Of(ReadOnlySpan<MemorySample> memory, Traffic traffic)
    {
        var (times, bytes) = Ordered(memory);
        var (ticks, counts) = Ordered(traffic);
        if (times.Length < 2 || ticks.Length < 2)
            return new([], [], []);

        var (from, to) = (Math.Max(times[0], ticks[0]), Math.Min(times[^1], ticks[^1]));
        var instants = Array.FindAll(ticks.Length < times.Length ? ticks : times, time => time >= from && time <= to);
        if (instants.Length == 0)
            return new([], [], []);
        var blocks = Blocks(instants);
        var finished = Array.ConvertAll(counts, count => Averages(Interpolate(ticks, count, instants), blocks));
        foreach (var count in finished)
            Subtract(count, count[0]);
        return new(Averages(instants, blocks), Averages(Interpolate(times, bytes, instants), blocks), finished);
    }

    private static (double[] Seconds, double[] Bytes) Ordered(ReadOnlySpan<MemorySample> memory)
    {
        // Kernels before 4.5 do not split the resident size; then all of it is the best there is.
        var split = false;
        foreach (var sample in memory)
            split |= sample.Anonymous.Bytes > 0;

        var (seconds, bytes) = (new List<double>(memory.Length), new List<double>(memory.Length));
        foreach (var sample in memory)
        {
            if (seconds.Count > 0 && sample.At.TotalSeconds <= seconds[^1])
                continue;
            seconds.Add(sample.At.TotalSeconds);
            bytes.Add((split ? sample.Anonymous : sample.Rss).Bytes + (double)sample.Swapped.Bytes);
        }

        return ([.. seconds], [.. bytes]);
    }

    private static (double[] Seconds, double[][] Counts) Ordered(Traffic traffic)
    {
        var samples = new List<TrafficSample>(traffic.Samples.Length);
        foreach (var sample in traffic.Samples)
        {
            if (samples.Count == 0 || sample.At > samples[^1].At)
                samples.Add(sample);
        }

        var counts = new double[traffic.Routes.Length][];
        for (var route = 0; route < counts.Length; route++)
        {
            counts[route] = new double[samples.Count];
            for (var i = 0; i < samples.Count; i++)
            {
                // A counter that falls is not believed: it stays where it was.
                var count = route < samples[i].Finished.Length ? samples[i].Finished[route] : 0.0;
                counts[route][i] = i == 0 ? count : Math.Max(count, counts[route][i - 1]);
            }
        }

        return ([.. samples.Select(sample => sample.At.TotalSeconds)], counts);
    }

    private static double[] Interpolate(double[] times, double[] values, double[] instants)
    {
        var result = new double[instants.Length];
        var next = 1;
        for (var i = 0; i < instants.Length; i++)
        {
            while (next < times.Length - 1 && times[next] < instants[i])
                next++;
            var part = (instants[i] - times[next - 1]) / (times[next] - times[next - 1]);
            result[i] = values[next - 1] + (part * (values[next] - values[next - 1]));
        }

        return result;
    }

    /// <returns>Where each block begins, and the end of the last.</returns>
    private static List<int> Blocks(double[] instants)
    {
        var span = instants[^1] - instants[0];
        var length = Math.Max(ShortestBlock, Math.Max(span / MostBlocks, SamplesPerBlock * span / instants.Length));
        var starts = new List<int> { 0 };
        for (var i = 1; i < instants.Length; i++)
        {
            if (Math.Floor((instants[i] - instants[0]) / length) > Math.Floor((instants[starts[^1]] - instants[0]) / length))
                starts.Add(i);
        }

        // What is left at the end is no whole block.
        if (starts.Count > 1 && instants[^1] - instants[starts[^1]] < length / 2)
            starts.RemoveAt(starts.Count - 1);
        starts.Add(instants.Length);
        return starts;
    }

    private static double[] Averages(double[] values, List<int> blocks)
    {
        var result = new double[blocks.Count - 1];
        for (var i = 0; i < result.Length; i++)
        {
            var sum = 0.0;
            for (var j = blocks[i]; j < blocks[i + 1]; j++)
                sum += values[j];
            result[i] = sum / (blocks[i + 1] - blocks[i]);
        }

        return result;
    }

    private static void Subtract(double[] values, double start)
    {
        for (var i = 0; i < values.Length; i++)
            values[i] -= start;
    }
}
