using LeakySpanner.CPython.Layouts;
using LeakySpanner.Target.Memory;

namespace LeakySpanner.CPython.Walk;

/// <summary>What the workers of one walk share.</summary>
internal sealed class WalkState(ITargetMemory memory, PythonLayout layout, WalkLimits limits, PoolIndex pools, OutsideObjects outside, PlanTable plans, MappedRanges ranges)
{
    public ITargetMemory Memory => memory;

    public PythonLayout Layout => layout;

    public WalkLimits Limits => limits;

    public PoolIndex Pools => pools;

    public OutsideObjects Outside => outside;

    public PlanTable Plans => plans;

    public MappedRanges Ranges => ranges;

    /// <summary>Bytes of buffers that one worker believes.</summary>
    public long BufferBudget { get; } = (ranges.WritableBytes * limits.BufferBytesPerMappedByte) + (1 << 20);
}
