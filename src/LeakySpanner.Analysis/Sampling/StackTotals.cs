namespace LeakySpanner.Analysis.Sampling;

/// <summary>Estimates by number of stack, at one moment.</summary>
/// <param name="Bytes">By stack.</param>
/// <param name="Blocks">By stack.</param>
/// <param name="Samples">By stack.</param>
/// <param name="Variances">Of the bytes, by stack.</param>
/// <param name="Time">CLOCK_MONOTONIC of the last event in it.</param>
public sealed record StackTotals(double[] Bytes, double[] Blocks, long[] Samples, double[] Variances, TimeSpan Time)
{
    public static StackTotals Empty(int stacks) => new(new double[stacks], new double[stacks], new long[stacks], new double[stacks], TimeSpan.Zero);

    public StackTotals Copy(TimeSpan time) => new([.. Bytes], [.. Blocks], [.. Samples], [.. Variances], time);
}
