using LeakySpanner.Testing.Live;
using Xunit;

namespace LeakySpanner.LiveTests.Life;

/// <summary>Needs a control group with a memory limit, which containers without privileges cannot make: its absence is no failure anywhere.</summary>
internal sealed class MemoryGroupFactAttribute : FactAttribute
{
    public MemoryGroupFactAttribute() => Skip = LiveParts.SkipReason ?? (MemoryGroup.IsPossible ? null : "missing: a memory control group of our own (root, and a hierarchy that lets us)");
}
