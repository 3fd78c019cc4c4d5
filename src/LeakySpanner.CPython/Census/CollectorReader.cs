using System.Buffers.Binary;
using System.Collections.Immutable;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.CPython.Census;

/// <summary>struct _gc_runtime_state (Include/internal/pycore_gc.h) of the main interpreter, in one read.</summary>
public static class CollectorReader
{
    /// <summary>Null where it cannot be read. One read; safe beside a census of another thread.</summary>
    public static CollectorState? Read(PythonProcess python)
    {
        var layout = python.Layout.Collector;
        Span<byte> bytes = stackalloc byte[512];
        bytes = bytes[..Math.Min(bytes.Length, layout.Stats + (layout.GenerationCount * layout.StatsSize))];
        if (!python.Memory.TryRead(python.Interpreter + python.Layout.Interpreter.Collector, bytes))
            return null;
        var collections = ImmutableArray.CreateBuilder<long>();
        var thresholds = ImmutableArray.CreateBuilder<int>();
        var counts = ImmutableArray.CreateBuilder<int>();
        for (var i = 0; i < layout.GenerationCount; i++)
        {
            var generation = bytes[(layout.Generations + (i * layout.GenerationSize))..];
            thresholds.Add(BinaryPrimitives.ReadInt32LittleEndian(generation[layout.Threshold..]));
            counts.Add(BinaryPrimitives.ReadInt32LittleEndian(generation[layout.Count..]));
            collections.Add(BinaryPrimitives.ReadInt64LittleEndian(bytes[(layout.Stats + (i * layout.StatsSize))..]));
        }
        return new CollectorState(
            BinaryPrimitives.ReadInt32LittleEndian(bytes[layout.Enabled..]) != 0, collections.ToImmutable(), thresholds.ToImmutable(), counts.ToImmutable());
    }

    /// <summary>Heads of the collector's lists in every interpreter: the generations, and the permanent one.</summary>
    internal static HashSet<ulong> ListHeads(PythonProcess python)
    {
        var layout = python.Layout.Collector;
        var heads = new HashSet<ulong>();
        foreach (var interpreter in python.Interpreters)
        {
            var collector = interpreter + python.Layout.Interpreter.Collector;
            for (var i = 0; i < layout.GenerationCount; i++)
                heads.Add((collector + layout.Generations + (i * layout.GenerationSize)).Value);
            heads.Add((collector + layout.PermanentGeneration).Value);
        }
        return heads;
    }
}
