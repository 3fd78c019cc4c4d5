using System.Collections.Immutable;
using LeakySpanner.Model.Heap;
using LeakySpanner.Model.Usage;
using LeakySpanner.Target.Linux;
using LeakySpanner.Target.Memory;

namespace LeakySpanner.Target.Malloc;

/// <summary>
/// The heaps of glibc's malloc (2.26 to at least 2.36) as their chunk headers tell, with no symbol and no help of the
/// process. Chunks that wait in a thread's cache or a fast bin look in use and are counted so: malloc itself cannot give
/// them back either. Chunks of another allocator are not recognised; their memory stays anonymous.
/// </summary>
public sealed class GlibcHeaps
{
    private readonly ITargetMemory memory;
    private readonly Residency residency;

    private GlibcHeaps(ITargetMemory memory, Residency residency, ImmutableArray<MallocHeap> heaps)
    {
        this.memory = memory;
        this.residency = residency;
        Heaps = heaps;
    }

    /// <summary>By kind, then by address.</summary>
    public ImmutableArray<MallocHeap> Heaps { get; }

    /// <param name="brk">Where brk has grown: [heap].</param>
    /// <param name="anonymous">Anonymous writable memory without what others are known to hold (stacks, a runtime's arenas).</param>
    public static GlibcHeaps Find(
        ITargetMemory memory, Residency residency, IReadOnlyList<AddressRange> brk, IReadOnlyList<AddressRange> anonymous) =>
        new(memory, residency, HeapFinder.Find(memory, residency, brk, anonymous));

    /// <summary>Walks every heap once. A heap whose headers break off counts as in use from there on, and as one fault.</summary>
    public MallocUsage Measure() => Walk(null);

    /// <summary>Walks every heap and hands each chunk in use to the visitor, for scans of what native code holds.</summary>
    public MallocUsage VisitInUse(Action<MallocChunk> visit) => Walk(visit);

    private MallocUsage Walk(Action<MallocChunk>? visit)
    {
        long inUse = 0, free = 0, chunks = 0;
        var faults = 0;
        foreach (var heap in Heaps)
        {
            if (heap.Kind == MallocHeapKind.Mapped)
            {
                inUse += heap.End - heap.Start;
                visit?.Invoke(new MallocChunk(heap.FirstChunk, heap.End - heap.Start, true));
                continue;
            }

            var walk = new ChunkWalk(memory, heap);
            while (chunks < MallocLimits.MaxChunks && walk.TryNext(out var chunk))
            {
                chunks++;
                if (chunk.IsInUse)
                {
                    inUse += chunk.Bytes;
                    visit?.Invoke(chunk);
                }
                else
                {
                    free += residency.ResidentBytes(chunk.Address, chunk.Address + chunk.Bytes);
                }
            }

            if (walk.IsFaulty)
            {
                faults++;
                inUse += residency.ResidentBytes(walk.Position, heap.End);
            }
        }

        return new MallocUsage(inUse, free, Heaps.Length, faults);
    }
}
