using LeakySpanner.Model;
using LeakySpanner.Model.Usage;
using LeakySpanner.Sidecar.Workers;
using LeakySpanner.Target;
using LeakySpanner.Target.Linux;

namespace LeakySpanner.Tests.Cli.Sidecar;

/// <summary>A worker's process that does what a test says.</summary>
internal sealed class FakeWorker(int pid) : IWorkerProcess
{
    public double RssMB { get; set; } = 300;

    public double LimitMB { get; init; } = 65_536;

    public long OomKills { get; set; }

    /// <summary>Null where the heap may not be read.</summary>
    public FakeHeap? Heap { get; set; } = new();

    public bool IsDisposed { get; private set; }

    public int Pid => pid;

    public string Command => "python app.py";

    public DateTimeOffset? Started => null;

    public bool HasEnded { get; set; }

    public MemorySample? ReadMemory(TimeSpan at) =>
        HasEnded ? null : new MemorySample(at, ByteSize.FromMB(RssMB), ByteSize.FromMB(RssMB - 20), ByteSize.Zero, ByteSize.FromMB(890.1));

    public ResourceSample? ReadResources(TimeSpan at) => new ResourceSample(at, 4, 17);

    public MemoryLimit? ReadLimit() => new MemoryLimit(ByteSize.FromMB(LimitMB), "cgroup v2 memory.max of /shop");

    public double? ReadCpuSeconds() => 1.5;

    public long? ReadOomKills() => OomKills;

    public IWorkerHeap OpenHeap() => Heap ?? throw new TargetException(TargetFailure.NotPermitted, "not permitted to read it: run with sudo");

    public void Dispose() => IsDisposed = true;
}

internal sealed class FakeHeap : IWorkerHeap
{
    public AllocationTable Allocations { get; set; } = new(IsTracing: false, [], 0, 0, 1, "tracemalloc is off");

    public int Censuses { get; private set; }

    public string Runtime => "CPython 3.11.2";

    public CollectorState? ReadCollector() => new(true, [10, 2, 1], [700, 10, 10], [142, 8, 1]);

    public HeapCensus TakeCensus(TimeSpan at, CancellationToken cancel)
    {
        Censuses++;
        return new HeapCensus(at, [new TypeCount("_asyncio.Task", 3, 900)], [], 1000, 900, ReadCollector(), Coverage.None);
    }

    public AllocationTable ReadAllocations(int limit, CancellationToken cancel) => Allocations;

    public void Dispose()
    {
    }
}
