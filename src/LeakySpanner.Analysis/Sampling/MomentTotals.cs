using System.Collections.Immutable;

namespace LeakySpanner.Analysis.Sampling;

/// <summary>What one stack held.</summary>
/// <param name="Stack">Its number.</param>
/// <param name="Bytes">Estimate.</param>
/// <param name="Blocks">Estimate.</param>
/// <param name="Samples">On which both stand.</param>
/// <param name="Variance">Of the bytes.</param>
public readonly record struct StackAmount(int Stack, double Bytes, double Blocks, long Samples, double Variance);

/// <summary>What was alive at one moment, without the stacks that held nothing: 40 bytes per stack, so that many moments can be kept.</summary>
/// <param name="Time">CLOCK_MONOTONIC.</param>
/// <param name="Stacks">By number.</param>
public sealed record MomentTotals(TimeSpan Time, ImmutableArray<StackAmount> Stacks)
{
    public static MomentTotals Of(StackTotals totals, TimeSpan time)
    {
        var stacks = ImmutableArray.CreateBuilder<StackAmount>();
        for (var stack = 0; stack < totals.Samples.Length; stack++)
        {
            if (totals.Samples[stack] != 0)
                stacks.Add(new StackAmount(stack, totals.Bytes[stack], totals.Blocks[stack], totals.Samples[stack], Math.Max(0, totals.Variances[stack])));
        }

        return new MomentTotals(time, stacks.DrainToImmutable());
    }

    /// <summary>What has come since an earlier moment; what has become less is left out. The variance is that of blocks that came, if none went.</summary>
    public MomentTotals Since(MomentTotals earlier)
    {
        var before = earlier.Stacks.ToDictionary(stack => stack.Stack);
        return this with
        {
            Stacks =
            [
                .. Stacks.Select(now => (Now: now, Before: before.GetValueOrDefault(now.Stack)))
                    .Where(stack => stack.Now.Bytes > stack.Before.Bytes)
                    .Select(stack => new StackAmount(
                        stack.Now.Stack, stack.Now.Bytes - stack.Before.Bytes, Math.Max(0, stack.Now.Blocks - stack.Before.Blocks),
                        Math.Max(1, stack.Now.Samples - stack.Before.Samples), Math.Abs(stack.Now.Variance - stack.Before.Variance))),
            ],
        };
    }
}
