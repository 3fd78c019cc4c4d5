using LeakySpanner.Model.Usage;
using LeakySpanner.Target;
using LeakySpanner.Target.Linux;

namespace LeakySpanner.Sidecar.Workers;

/// <summary>A worker's process as far as the kernel tells: the seam between the session and /proc.</summary>
internal interface IWorkerProcess : IDisposable
{
    int Pid { get; }

    /// <summary>Arguments joined by spaces.</summary>
    string Command { get; }

    /// <summary>When it began, or null where that is not told.</summary>
    DateTimeOffset? Started { get; }

    /// <summary>Cheap enough for ten times a second. Never true of a process that may live.</summary>
    bool HasEnded { get; }

    /// <summary>Null once it has ended.</summary>
    MemorySample? ReadMemory(TimeSpan at);

    /// <summary>Null once it has ended.</summary>
    ResourceSample? ReadResources(TimeSpan at);

    MemoryLimit? ReadLimit();

    /// <summary>Processor time so far; null once it has ended.</summary>
    double? ReadCpuSeconds();

    /// <summary>Kills for want of memory in its control group so far, also after its death; null where that is not told.</summary>
    long? ReadOomKills();

    /// <exception cref="TargetException">Its memory may not be read, or it runs no supported runtime.</exception>
    IWorkerHeap OpenHeap();
}

/// <summary>What is read from a worker's memory. Not for several threads at once, but for <see cref="ReadCollector"/>.</summary>
internal interface IWorkerHeap : IDisposable
{
    /// <summary>"CPython 3.11.2".</summary>
    string Runtime { get; }

    CollectorState? ReadCollector();

    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="TargetException">The worker is gone.</exception>
    HeapCensus TakeCensus(TimeSpan at, CancellationToken cancel);

    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="TargetException">The worker is gone.</exception>
    AllocationTable ReadAllocations(int limit, CancellationToken cancel);
}
