using System.Collections.Immutable;
using LeakySpanner.Model;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.Analysis.Balance;

/// <summary>The resident part of the runtime's arenas: in use, and free. Free arena pages that were never touched, or were
/// given back, cost nothing and do not count.</summary>
internal readonly record struct ArenaSplit(long Live, long Free)
{
    public static ArenaSplit Of(long resident, HeapUsage usage, ImmutableArray<string>.Builder notes)
    {
        var claimed = Math.Max(0, usage.ArenaLiveBytes);
        if (claimed > resident)
            notes.Add($"{new ByteSize(claimed - resident)} of live objects in arenas are not resident (swapped out, or gone since they were counted)");

        var live = Math.Min(claimed, resident);
        return new(live, resident - live);
    }
}
