using LeakySpanner.Model.Usage;
using LeakySpanner.Sidecar;
using LeakySpanner.Sidecar.View;
using LeakySpanner.Target;

namespace LeakySpanner.Tests.Cli.Web;

/// <summary>A sidecar that knows what a test says, and remembers what it was asked.</summary>
internal sealed class FakeSidecar : ISidecar
{
    public ServiceView Shown { get; set; } = Views.Full;

    public List<WorkerRegistration> Registered { get; } = [];

    public List<int> Begun { get; } = [];

    public int DiagnosesAsked { get; private set; }

    public Func<int?, CancellationToken, Task<AllocationTable>> Allocations { get; set; } = (_, _) => Task.FromResult(Views.Allocations);

    public ServiceView View() => Shown;

    public WorkerWelcome Register(WorkerRegistration registration)
    {
        if (registration.Pid == 1)
            throw new TargetException(TargetFailure.NotPermitted, "pid 1 belongs to root");
        Registered.Add(registration);
        return new WorkerWelcome(999, Registered.Count - 1, null, "/var/log/shop.log", []);
    }

    public List<WorkerAgent> Agents { get; } = [];

    public void Sample(WorkerAgent agent) => Agents.Add(agent);

    public Task<AllocationTable> ReadAllocationsAsync(int? pid, CancellationToken cancel) => Allocations(pid, cancel);

    public bool AskForDiagnosis() => ++DiagnosesAsked == 1;

    public void BeginCollection(int pid)
    {
        if (pid != 4121)
            throw new TargetException(TargetFailure.NoSuchProcess, $"pid {pid} is no worker of this service");
        Begun.Add(pid);
    }

    public CollectionResult EndCollection(CollectionReport report) => new(report, 500_000_000, 450_000_000);
}
