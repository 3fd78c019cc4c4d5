using LeakySpanner.Model.Usage;
using LeakySpanner.Sidecar.View;
using LeakySpanner.Target;

namespace LeakySpanner.Sidecar;

/// <summary>What the server needs of the observer behind it: the seam between HTTP and processes.</summary>
public interface ISidecar
{
    /// <summary>As of now; cheap enough for every request.</summary>
    ServiceView View();

    /// <summary>A worker says that it lives. Again for the same pid: the new ring replaces the old one.</summary>
    /// <exception cref="TargetException">There is no such process, or it belongs to somebody else.</exception>
    WorkerWelcome Register(WorkerRegistration registration);

    /// <summary>A worker says where its sampling agent's file is, or why there is none.</summary>
    /// <exception cref="TargetException">The worker is gone or unknown.</exception>
    void Sample(WorkerAgent agent);

    /// <summary>Live allocations by line: from the runtime's own table when tracing is on, else from the agent's samples.</summary>
    /// <param name="pid">A worker, or null for the one that holds most memory.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="TargetException">The worker is gone or unknown.</exception>
    Task<AllocationTable> ReadAllocationsAsync(int? pid, CancellationToken cancel);

    /// <summary>Starts a diagnosis of the worker that grows fastest unless one is being made.</summary>
    /// <returns>False where one is being made already.</returns>
    bool AskForDiagnosis();

    /// <summary>Remembers memory and collector of a worker before it collects and trims.</summary>
    /// <exception cref="TargetException">The worker is gone or unknown.</exception>
    void BeginCollection(int pid);

    /// <summary>What the collection and trim gave back.</summary>
    /// <exception cref="TargetException">The worker is gone or unknown.</exception>
    CollectionResult EndCollection(CollectionReport report);
}

/// <summary>What a worker says of itself.</summary>
/// <param name="Pid">Its process.</param>
/// <param name="Ring">Path of its ring, inside the service's folder.</param>
/// <param name="Shim">Version of the shim.</param>
/// <param name="Tracing">Whether the runtime traces allocations.</param>
public sealed record WorkerRegistration(int Pid, string Ring, string Shim, bool Tracing);

/// <param name="SidecarPid">For PR_SET_PTRACER.</param>
/// <param name="Slot">The worker's number.</param>
/// <param name="Metrics">Where metrics are served, or null.</param>
/// <param name="LogFile">Where the log is, or null.</param>
/// <param name="Warnings">Things the owner should know once; usually none.</param>
/// <param name="Agent">Path of the sampling agent's library, or null where there is none for it.</param>
public sealed record WorkerWelcome(int SidecarPid, int Slot, string? Metrics, string? LogFile, IReadOnlyList<string> Warnings, string? Agent = null);

/// <param name="Pid">The worker.</param>
/// <param name="Folder">Where the agent makes its file; null where none runs.</param>
/// <param name="Trouble">Why none runs, or what it cannot tell; null where all is well.</param>
public sealed record WorkerAgent(int Pid, string? Folder, string? Trouble);

/// <param name="Pid">The worker that collected.</param>
/// <param name="Collected">Unreachable objects found.</param>
/// <param name="Uncollectable">Of those, objects that could not be freed.</param>
/// <param name="CollectSeconds">How long the application stood still.</param>
/// <param name="Trimmed">Whether the C allocator could be asked to return memory.</param>
/// <param name="TrimSeconds">How long that took.</param>
public sealed record CollectionReport(int Pid, long Collected, long Uncollectable, double CollectSeconds, bool Trimmed, double TrimSeconds);

/// <param name="Report">What the worker did.</param>
/// <param name="RssBefore">Bytes.</param>
/// <param name="RssAfter">Bytes.</param>
public sealed record CollectionResult(CollectionReport Report, long RssBefore, long RssAfter);
