using LeakySpanner.Model.Usage;
using LeakySpanner.Target;
using LeakySpanner.Target.Linux;

namespace LeakySpanner.Sidecar.Workers;

/// <summary>A live worker, pinned, of our own user.</summary>
internal sealed class WorkerProcess : IWorkerProcess
{
    private readonly TargetProcess _target;
    private readonly OomKillCounter? _kills;

    private WorkerProcess(TargetProcess target, TimeProvider clock)
    {
        _target = target;
        Command = target.CommandLine;
        Started = target.ReadAge() is { } age ? clock.GetLocalNow() - age : null;
        _kills = target.FindOomKills();
    }

    public int Pid => _target.Pid;

    public string Command { get; }

    public DateTimeOffset? Started { get; }

    public bool HasEnded => _target.HasExited;

    /// <exception cref="TargetException">There is no such process, or it is somebody else's.</exception>
    public static WorkerProcess Open(int pid, TimeProvider clock)
    {
        var target = TargetProcess.Observe(pid);
        try
        {
            var user = target.ReadStatus().User;
            return user == FileOwner.Ours
                ? new WorkerProcess(target, clock)
                : throw new TargetException(TargetFailure.NotPermitted, $"process {pid} belongs to uid {user} and not to {FileOwner.Ours}");
        }
        catch
        {
            target.Dispose();
            throw;
        }
    }

    public MemorySample? ReadMemory(TimeSpan at) => Unless(() => _target.ReadMemorySample(at));

    public ResourceSample? ReadResources(TimeSpan at) => Unless(() => _target.ReadResourceSample(at));

    public MemoryLimit? ReadLimit() => _target.ReadMemoryLimit();

    public double? ReadCpuSeconds() => Unless(() => _target.ReadStat().CpuTime.TotalSeconds);

    public long? ReadOomKills() => _kills?.Read();

    public IWorkerHeap OpenHeap() => WorkerHeap.Open(_target);

    public void Dispose() => _target.Dispose();

    private static T? Unless<T>(Func<T> read)
        where T : struct
    {
        try
        {
            return read();
        }
        catch (TargetException)
        {
            return null;
        }
    }
}
