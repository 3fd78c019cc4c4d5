using System.Buffers.Binary;
using System.Collections.Immutable;
using LeakySpanner.CPython.Layouts;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.Model;
using LeakySpanner.Model.Usage;
using LeakySpanner.Target.Memory;

namespace LeakySpanner.CPython.Census;

/// <summary>struct _gc_runtime_state (Include/internal/pycore_gc.h) of the main interpreter, in one read.</summary>
public static class CollectorReader
{
    /// <summary>Null where it cannot be read. One read; safe beside a census of another thread.</summary>
    public static CollectorState? Read(PythonProcess python)
    {
        var layout = python.Layout.Collector;
        Span<byte> bytes = stackalloc byte[512];
        bytes = bytes[..Math.Min(bytes.Length, layout.Stats + (layout.Rings is null ? layout.GenerationCount * layout.StatsSize : sizeof(ulong)))];
        if (!python.Memory.TryRead(python.CollectorOf(python.Interpreter), bytes))
            return null;
        var collections = ImmutableArray.CreateBuilder<long>();
        var thresholds = ImmutableArray.CreateBuilder<int>();
        var counts = ImmutableArray.CreateBuilder<int>();
        for (var i = 0; i < layout.GenerationCount; i++)
        {
            var generation = bytes[(layout.Generations + (i * layout.GenerationSize))..];
            thresholds.Add(BinaryPrimitives.ReadInt32LittleEndian(generation[layout.Threshold..]));
            counts.Add(BinaryPrimitives.ReadInt32LittleEndian(generation[layout.Count..]));
            collections.Add(layout.Rings is null ? BinaryPrimitives.ReadInt64LittleEndian(bytes[(layout.Stats + (i * layout.StatsSize))..]) : 0);
        }

        if (layout.Rings is { } rings && !TryReadRings(python.Memory, rings, new Address(BinaryPrimitives.ReadUInt64LittleEndian(bytes[layout.Stats..])), collections))
            return null;
        return new CollectorState(
            BinaryPrimitives.ReadInt32LittleEndian(bytes[layout.Enabled..]) != 0, collections.ToImmutable(), thresholds.ToImmutable(), counts.ToImmutable());
    }

    /// <summary>The newest item of each generation's ring tells how many collections there have been.</summary>
    private static bool TryReadRings(ITargetMemory memory, CollectionRingsLayout rings, Address stats, ImmutableArray<long>.Builder collections)
    {
        Span<byte> index = stackalloc byte[1];
        var start = stats;
        for (var i = 0; i < collections.Count; i++)
        {
            var (length, at, size) = i == 0 ? (rings.YoungLength, rings.YoungIndex, rings.YoungSize) : (rings.OldLength, rings.OldIndex, rings.OldSize);
            if (!memory.TryRead(start + at, index) || index[0] >= length
                || !memory.TryReadInt64(start + (index[0] * rings.ItemSize) + rings.ItemCollections, out var count))
                return false;
            collections[i] = count;
            start += size;
        }

        return true;
    }

    /// <summary>Heads of the collector's lists in every interpreter: the generations, and the permanent one.</summary>
    internal static HashSet<ulong> ListHeads(PythonProcess python)
    {
        var layout = python.Layout.Collector;
        var heads = new HashSet<ulong>();
        foreach (var interpreter in python.Interpreters)
        {
            var collector = python.CollectorOf(interpreter);
            for (var i = 0; i < layout.GenerationCount; i++)
                heads.Add((collector + layout.Generations + (i * layout.GenerationSize)).Value);
            heads.Add((collector + layout.PermanentGeneration).Value);
        }
        return heads;
    }
}
