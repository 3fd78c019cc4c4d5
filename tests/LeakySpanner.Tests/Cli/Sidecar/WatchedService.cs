using System.Net;
using LeakySpanner.Model;
using LeakySpanner.Model.Findings;
using LeakySpanner.Sidecar;
using LeakySpanner.Target;
using LeakySpanner.Testing.Requests;
using LeakySpanner.Testing.Time;

namespace LeakySpanner.Tests.Cli.Sidecar;

/// <summary>A session over fake processes, real rings and a real log in a folder that goes away with it; time passes when the test says so.</summary>
internal sealed class WatchedService : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sidecar");
    private readonly Dictionary<int, FakeWorker> _processes = [];
    private readonly List<RingWriter> _rings = [];

    public WatchedService(SidecarLevel level = SidecarLevel.Mid, LogFormat format = LogFormat.Text)
    {
        Options = new SidecarOptions(
            _folder.FullName, "shop-api", 4000, Path.Combine(_folder.FullName, "logs"), level, TimeSpan.FromSeconds(5), ByteSize.FromMB(50), format,
            10 * ByteSize.MB, IPAddress.Loopback, 0, null);
        var sources = new SessionSources(
            pid => _processes.GetValueOrDefault(pid) ?? throw new TargetException(TargetFailure.NoSuchProcess, $"there is no process {pid}"),
            () => RootHasEnded,
            (_, _) => Diagnosis.Task,
            (_, _) => Costs,
            () => "/usr/lib/agent.so");
        Session = new SidecarSession(Options, sources, Clock);
    }

    public ManualClock Clock { get; } = new();

    public SidecarOptions Options { get; }

    public SidecarSession Session { get; }

    public bool RootHasEnded { get; set; }

    public int DiagnosesBegun => Log.Split(" begins: ").Length - 1;

    /// <summary>The answer to the next diagnosis.</summary>
    public TaskCompletionSource<(string? Json, string? Trouble)> Diagnosis { get; set; } = new();

    public RouteCosts Costs { get; set; } = new([], null, 0, []);

    /// <summary>What stands in the log.</summary>
    public string Log => string.Concat(Directory.GetFiles(Options.LogPath).Order(StringComparer.Ordinal).Select(File.ReadAllText))
        .Replace($"sidecar={Environment.ProcessId}", "sidecar=4242", StringComparison.Ordinal)
        .Replace($"\"sidecar_pid\":{Environment.ProcessId}", "\"sidecar_pid\":4242", StringComparison.Ordinal);

    public (FakeWorker Process, RingWriter Ring, WorkerWelcome Welcome) Start(int pid, double limitMB = 65_536)
    {
        var process = _processes[pid] = new FakeWorker(pid) { LimitMB = limitMB };
        var (ring, welcome) = Register(pid);
        return (process, ring, welcome);
    }

    public (RingWriter Ring, WorkerWelcome Welcome) Register(int pid)
    {
        var ring = new RingWriter(Path.Combine(_folder.FullName, $"worker-{pid}.ring"), pid);
        _rings.Add(ring);
        return (ring, Session.Register(new WorkerRegistration(pid, ring.Path, "0.1.0", Tracing: false)));
    }

    /// <summary>Ticks twice a second.</summary>
    public void Pass(double seconds)
    {
        for (var half = 0; half < seconds * 2; half++)
        {
            Clock.AdvanceSeconds(0.5);
            Session.Tick();
        }
    }

    public void Dispose()
    {
        Session.Dispose();
        foreach (var ring in _rings)
            ring.Dispose();
        _folder.Delete(recursive: true);
    }
}
