using System.Collections.Immutable;
using LeakySpanner.Model;
using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.Analysis.Balance;

/// <summary>
/// Where the resident memory is. Every byte stands on one line, no line is negative, and the lines add up to the resident
/// size exactly: "unexplained" is what no reading accounts for, so it measures how much the other lines may be trusted.
/// </summary>
/// <param name="Lines">In the order in which they are printed.</param>
/// <param name="Notes">Where readings contradicted each other and what was done about it; empty as a rule.</param>
public sealed record BalanceSheet(ImmutableArray<BalanceLine> Lines, ImmutableArray<string> Notes)
{
    public static ImmutableArray<BalanceLine> Draw(MemoryMap map, HeapUsage usage) => Of(map, usage).Lines;

    public static BalanceSheet Of(MemoryMap map, HeapUsage usage)
    {
        ArgumentNullException.ThrowIfNull(map);
        var notes = ImmutableArray.CreateBuilder<string>();
        var arenas = ArenaSplit.Of(Resident(map, RangeKind.Arena), usage, notes);
        var malloc = MallocSplit.Of(map.Malloc, Resident(map, RangeKind.Malloc), Resident(map, RangeKind.Anonymous), usage.LargeBytes, notes);

        var lines = new[]
        {
            new BalanceLine("python_objects", "Python objects", arenas.Live + malloc.Large),
            new BalanceLine("python_free", "free in Python's arenas", arenas.Free),
            new BalanceLine("malloc_native", "native (malloc)", malloc.Native),
            new BalanceLine("malloc_free", "free in malloc, returnable", malloc.Free),
            new BalanceLine("files", "code and files", Resident(map, RangeKind.File)),
            new BalanceLine("stacks", "stacks", Resident(map, RangeKind.Stack)),
            new BalanceLine("shared", "shared", Resident(map, RangeKind.Shared)),
        };
        var rss = Math.Max(0, map.Rss.Bytes);
        FitInto(rss, lines, notes);
        return new([.. lines, new("unexplained", "unexplained", rss - lines.Sum(line => line.Bytes))], notes.ToImmutable());
    }

    /// <summary>
    /// Takes what the ranges show beyond the resident size off the lines, in proportion. The kernel's total and its ranges
    /// are read a moment apart, and its total counts in batches per thread (up to 64 pages each, mm/memory.c), so a little
    /// of this is normal.
    /// </summary>
    private static void FitInto(long rss, BalanceLine[] lines, ImmutableArray<string>.Builder notes)
    {
        var sum = lines.Sum(line => line.Bytes);
        if (sum <= rss)
            return;

        notes.Add($"the mapped ranges show {new ByteSize(sum - rss)} more than the resident size; every line was reduced in proportion");
        for (var i = 0; i < lines.Length; i++)
            lines[i] = lines[i] with { Bytes = Share(lines[i].Bytes, rss, sum) };
    }

    /// <summary>part x numerator / denominator, rounded down and exact: doubles would round hostile sizes upwards.</summary>
    internal static long Share(long part, long numerator, long denominator) => (long)((Int128)part * numerator / denominator);

    private static long Resident(MemoryMap map, RangeKind kind)
    {
        var sum = 0L;
        foreach (var range in map.Ranges)
        {
            if (range.Kind == kind)
                sum = Math.Min(Ceiling, sum + Math.Clamp(range.ResidentBytes, 0, Ceiling));
        }

        return sum;
    }

    /// <summary>Larger than any address space (2^57), small enough that a sheet's worth of them adds up without overflow.</summary>
    internal const long Ceiling = 1L << 58;
}
