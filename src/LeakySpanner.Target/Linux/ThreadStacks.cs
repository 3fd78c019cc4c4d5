using System.Globalization;
using LeakySpanner.Model;
using LeakySpanner.Model.Heap;

namespace LeakySpanner.Target.Linux;

/// <summary>Where the stacks of a process' threads are, which the kernel does not name in maps.</summary>
public static class ThreadStacks
{
    /// <summary>A larger inaccessible mapping is no guard but the unused rest of something.</summary>
    private const long LargestGuard = 64 * 1024;

    /// <summary>
    /// What Alpine's Python asks for; musl itself gives 128 KiB, whatever the limit of the process. The kernel merges a stack with what musl maps
    /// above it, so that no more than this is claimed.
    /// </summary>
    public const long LongestOfMusl = 1024 * 1024;

    private const long DefaultStackBytes = 8 * 1024 * 1024;

    /// <summary>
    /// A stack is anonymous writable memory above a guard, and either as long as stacks are by default or one that a
    /// thread's stack pointer lies in. Memory that the kernel merged to its upper end is not claimed.
    /// </summary>
    /// <param name="stackBytes">The size that new threads get.</param>
    public static List<AddressRange> Find(IReadOnlyList<MappedRegion> regions, IReadOnlyList<Address> stackPointers, long stackBytes)
    {
        var sorted = stackPointers.Order().ToArray();
        var stacks = new List<AddressRange>();
        for (var i = 1; i < regions.Count; i++)
        {
            var region = regions[i];
            if (!region.IsAnonymous || !region.IsWritable || !IsGuard(regions[i - 1], region.Start))
                continue;
            var holdsPointer = Holds(sorted, region);

            // Older glibc takes the guard from the stack's own size.
            var length = region.Length >= stackBytes ? stackBytes : stackBytes - regions[i - 1].Length;
            if (region.Length >= length)
                stacks.Add(new AddressRange(region.Start, region.Start + (holdsPointer && PointerBeyond(sorted, region, length) ? region.Length : length)));
            else if (holdsPointer)
                stacks.Add(new AddressRange(region.Start, region.End));
        }

        return stacks;
    }

    /// <summary>Of threads that wait in the kernel; one that runs shows none, nor one that we may not trace.</summary>
    public static List<Address> ReadPointers(string processFolder)
    {
        var pointers = new List<Address>();
        foreach (var thread in ProcFolder.Numbers(processFolder + "/task", ProcLimits.MaxThreads))
        {
            // "number arguments... sp pc", or "-1 sp pc", or "running".
            if (ProcFile.TryReadText($"{processFolder}/task/{thread.ToString(CultureInfo.InvariantCulture)}/syscall", out var text) != ProcOutcome.Read)
                continue;
            var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length >= 3
                && words[^2].StartsWith("0x", StringComparison.Ordinal)
                && ulong.TryParse(words[^2].AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var pointer))
                pointers.Add(new Address(pointer));
        }

        return pointers;
    }

    /// <summary>The soft limit on stacks, which glibc takes for new threads unless it is unlimited.</summary>
    public static long ReadStackBytes(string processFolder)
    {
        if (ProcFile.TryReadText(processFolder + "/limits", out var text) != ProcOutcome.Read)
            return DefaultStackBytes;
        foreach (var line in text.Split('\n'))
        {
            const string Name = "Max stack size";
            if (!line.StartsWith(Name, StringComparison.Ordinal))
                continue;
            var words = line[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return words.Length > 0
                && long.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
                && bytes is >= 128 * 1024 and <= 1L << 32
                ? bytes
                : DefaultStackBytes;
        }

        return DefaultStackBytes;
    }

    private static bool IsGuard(MappedRegion region, Address end) =>
        region.End == end && region.Inode == 0 && region.Permissions.StartsWith("---", StringComparison.Ordinal) && region.Length <= LargestGuard;

    private static bool Holds(Address[] sorted, MappedRegion region)
    {
        var i = Array.BinarySearch(sorted, region.Start);
        i = i < 0 ? ~i : i;
        return i < sorted.Length && sorted[i] < region.End;
    }

    private static bool PointerBeyond(Address[] sorted, MappedRegion region, long length) =>
        Holds(sorted, region with { Start = region.Start + length });
}
