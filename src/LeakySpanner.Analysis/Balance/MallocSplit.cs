using System.Collections.Immutable;
using LeakySpanner.Model;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.Analysis.Balance;

/// <summary>The resident part of the C allocator's memory.</summary>
/// <param name="Large">Held by the runtime's objects and buffers over the small-object limit.</param>
/// <param name="Native">In use by anything else: extensions, libraries, the allocator's own headers.</param>
/// <param name="Free">Free, and still resident.</param>
internal readonly record struct MallocSplit(long Large, long Native, long Free)
{
    public static MallocSplit Of(MallocUsage malloc, long resident, long unclaimed, long largeBytes, ImmutableArray<string>.Builder notes)
    {
        var large = Math.Clamp(largeBytes, 0, BalanceSheet.Ceiling);
        if (malloc.Heaps <= 0 && malloc.InUseBytes <= 0 && malloc.FreeBytes <= 0)
            return WithoutWalk(resident, unclaimed, large, notes);

        var inUse = Math.Clamp(malloc.InUseBytes, 0, BalanceSheet.Ceiling);
        if (large > inUse)
        {
            notes.Add($"large objects hold {new ByteSize(large - inUse)} more than malloc says is in use; the smaller number was believed");
            large = inUse;
        }

        var free = Math.Clamp(malloc.FreeBytes, 0, resident);
        var touched = Math.Min(inUse, resident - free);
        if (touched == inUse)
            return new(large, inUse - large, free);

        // A buffer that was allocated and never written is in use, yet not resident; whose it is, malloc's headers do not
        // say, so both lines give up the same share.
        var residentLarge = BalanceSheet.Share(large, touched, inUse);
        return new(residentLarge, touched - residentLarge, free);
    }

    /// <summary>Another allocator than glibc's: large objects are somewhere in its ranges, or in memory nobody claimed.</summary>
    private static MallocSplit WithoutWalk(long resident, long unclaimed, long large, ImmutableArray<string>.Builder notes)
    {
        var available = Math.Min(BalanceSheet.Ceiling, resident + unclaimed);
        if (large > available)
            notes.Add($"large objects hold {new ByteSize(large - available)} more than is resident; the smaller number was believed");

        if (resident > 0)
            notes.Add("malloc is not glibc's, or could not be read: what it has free counts as native");
        large = Math.Min(large, available);
        return new(large, Math.Max(0, resident - large), 0);
    }
}
