using LeakySpanner.CPython.Census;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.CPython.Tracemalloc;
using LeakySpanner.Model.Usage;
using LeakySpanner.Sessions;
using LeakySpanner.Target;

namespace LeakySpanner.Sidecar.Workers;

/// <summary>The heap of a live CPython worker.</summary>
internal sealed class WorkerHeap : IWorkerHeap
{
    /// <summary>Kept of a census: those that could be told of, not the thousands that a diagnosis compares.</summary>
    private const int MostContainers = 1000;

    private readonly TargetProcess _target;
    private readonly PythonProcess _python;
    private readonly CensusTaker _census;

    private WorkerHeap(TargetProcess target, PythonProcess python)
    {
        _target = target;
        _python = python;
        _census = new CensusTaker(python);
    }

    public string Runtime => _python.Description;

    /// <param name="worker">Stays open; a second pin of the same process is held for reading.</param>
    /// <exception cref="TargetException">Not permitted, no Python, not supported, or gone.</exception>
    public static WorkerHeap Open(TargetProcess worker)
    {
        var target = TargetProcess.Open(worker.Pid);
        try
        {
            if (target.StartTimeTicks != worker.StartTimeTicks)
                throw new TargetException(TargetFailure.Gone, $"process {worker.Pid} has ended");
            return new WorkerHeap(target, PythonAttachment.Attach(target));
        }
        catch
        {
            target.Dispose();
            throw;
        }
    }

    public CollectorState? ReadCollector() => CollectorReader.Read(_python);

    public HeapCensus TakeCensus(TimeSpan at, CancellationToken cancel)
    {
        var census = _census.Take(at, cancel);
        return census.Containers.Length <= MostContainers
            ? census
            : census with { Containers = [.. census.Containers.OrderByDescending(container => container.Length).Take(MostContainers)] };
    }

    public AllocationTable ReadAllocations(int limit, CancellationToken cancel) =>
        TracemallocReader.Read(_python, limit, cancel);

    public void Dispose() => _target.Dispose();
}
