using System.Collections.Immutable;
using LeakySpanner.Model;

namespace LeakySpanner.CPython.Runtime;

/// <summary>Counts, by name, what was read but not believed. Names are literals of ours, so the tally is bounded.</summary>
public sealed class FaultTally
{
    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);

    public void Add(string fault, long times = 1)
    {
        if (times > 0)
            _counts[fault] = _counts.GetValueOrDefault(fault) + times;
    }

    public void AddAll(FaultTally other)
    {
        foreach (var (fault, times) in other._counts)
            Add(fault, times);
    }

    public Coverage ToCoverage(long objectsSeen, double pausedMilliseconds = 0) =>
        new(objectsSeen, _counts.ToImmutableSortedDictionary(StringComparer.Ordinal), pausedMilliseconds);
}
