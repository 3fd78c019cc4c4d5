using System.Buffers.Binary;
using LeakySpanner.CPython.Pools;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.CPython.Types;
using LeakySpanner.Model;
using LeakySpanner.Target.Memory;

namespace LeakySpanner.CPython.Census;

/// <summary>
/// Finds the collected objects that are too large for arenas (classes, long tuples) exactly and cheaply: they stand in the
/// collector's lists between objects that the scan of the arenas sees anyway, so only the links that lead out of the arenas are followed.
/// </summary>
internal sealed class LargeCollected(PythonProcess python)
{
    /// <summary>Objects followed outside arenas. A service has some thousand classes; beyond this the rest is counted as a fault.</summary>
    private const int Most = 1 << 18;

    private const ulong LinkMask = Layouts.CollectorLayout.LinkMask;

    private readonly HashSet<ulong> _starts = [];
    private readonly HashSet<ulong> _seen = [];

    public void Start()
    {
        _starts.Clear();
        _seen.Clear();
    }

    /// <summary>A link of a collector's list that leads out of the arenas.</summary>
    public void AddLink(ulong link)
    {
        if (_starts.Count < Most)
            _starts.Add(link & LinkMask);
    }

    public void Count(ArenaMap arenas, CensusTally tally, FaultTally faults, CancellationToken cancellation)
    {
        var heads = CollectorReader.ListHeads(python);
        foreach (var head in heads)
        {
            if (python.Memory.TryReadUInt64(new Address(head), out var first))
                AddOutside(first & LinkMask, arenas);
        }
        var header = python.Layout.Collector.HeaderSize;
        Span<byte> bytes = stackalloc byte[header + 24];
        foreach (var start in _starts)
        {
            cancellation.ThrowIfCancellationRequested();
            var link = start;
            while (link != 0 && !heads.Contains(link) && !arenas.Contains(new Address(link)) && _seen.Add(link))
            {
                if (_seen.Count > Most)
                {
                    faults.Add("large objects not all followed");
                    return;
                }
                if (!python.Memory.TryRead(new Address(link), bytes)
                    || python.Types.Find(new Address(BinaryPrimitives.ReadUInt64LittleEndian(bytes[(header + TypeRegistry.TypeOffset)..]))) is not { HasCollectorHeader: true } type)
                {
                    faults.Add("collector's list torn");
                    break;
                }
                var items = BinaryPrimitives.ReadInt64LittleEndian(bytes[(header + 16)..]);
                ref var row = ref tally.RowOf(type);
                row.Count++;
                row.Bytes += ObjectSizes.Of(type, items);
                link = BinaryPrimitives.ReadUInt64LittleEndian(bytes) & LinkMask;
            }
        }
    }

    private void AddOutside(ulong link, ArenaMap arenas)
    {
        if (link != 0 && !arenas.Contains(new Address(link)))
            _starts.Add(link);
    }
}
