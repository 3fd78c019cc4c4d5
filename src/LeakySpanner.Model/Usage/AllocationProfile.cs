using System.Collections.Immutable;

namespace LeakySpanner.Model.Usage;

/// <summary>One function of a stack.</summary>
/// <param name="Function">Qualified where the version tells it; the library's file name where it is native code.</param>
/// <param name="File">As the code object names it; empty for native code.</param>
/// <param name="Line">From 1; 0 where it is not known.</param>
public readonly record struct CallFrame(string Function, string File, int Line)
{
    public bool IsNative => File.Length == 0;
}

/// <summary>What a stack has allocated and not freed, as far as samples tell.</summary>
/// <param name="Frames">The outermost first; empty where no Python ran.</param>
/// <param name="Bytes">Estimate, unbiased.</param>
/// <param name="Blocks">Estimate, unbiased.</param>
/// <param name="Samples">On which the estimates stand.</param>
/// <param name="IsCut">Frames further out were not kept.</param>
/// <param name="Thread">As the process numbers it; 0 where it is not known.</param>
/// <param name="Variance">Of the bytes. Of blocks that are small against the mean distance of two samples the relative error is 1/sqrt(samples), of large ones 0.</param>
public sealed record StackAllocation(ImmutableArray<CallFrame> Frames, double Bytes, double Blocks, long Samples, bool IsCut, int Thread = 0, double Variance = 0);

/// <summary>Memory by stack at one moment.</summary>
/// <param name="Stacks">By bytes, descending.</param>
/// <param name="MeanBytes">Mean distance of two samples.</param>
/// <param name="Time">Since the process's first sample.</param>
public sealed record AllocationProfile(ImmutableArray<StackAllocation> Stacks, long MeanBytes, TimeSpan Time)
{
    public double Bytes => Stacks.Sum(stack => stack.Bytes);

    /// <summary>Standard error of the bytes.</summary>
    public double Error => Math.Sqrt(Stacks.Sum(stack => stack.Variance));

    public long Samples => Stacks.Sum(stack => stack.Samples);
}
