namespace LeakySpanner.Analysis.Sampling;

/// <summary>Estimates by number of stack, at one moment.</summary>
/// <param name="Bytes">By stack.</param>
/// <param name="Blocks">By stack.</param>
/// <param name="Samples">By stack.</param>
/// <param name="Time">CLOCK_MONOTONIC of the last event in it.</param>
public sealed record StackTotals(double[] Bytes, double[] Blocks, long[] Samples, TimeSpan Time)
{
    public static StackTotals Empty(int stacks) => new(new double[stacks], new double[stacks], new long[stacks], TimeSpan.Zero);

    public StackTotals Copy(TimeSpan time) => new([.. Bytes], [.. Blocks], [.. Samples], time);

    /// <summary>What has come since an earlier moment; what has become less is left out.</summary>
    public StackTotals Since(StackTotals earlier)
    {
        var growth = Empty(Bytes.Length) with { Time = Time };
        for (var stack = 0; stack < Bytes.Length; stack++)
        {
            if (Bytes[stack] <= earlier.Bytes[stack])
                continue;
            growth.Bytes[stack] = Bytes[stack] - earlier.Bytes[stack];
            growth.Blocks[stack] = Math.Max(0, Blocks[stack] - earlier.Blocks[stack]);
            growth.Samples[stack] = Math.Max(1, Samples[stack] - earlier.Samples[stack]);
        }

        return growth;
    }
}
