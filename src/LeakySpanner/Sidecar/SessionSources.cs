using System.Collections.Immutable;
using LeakySpanner.Analysis.Attribution;
using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Usage;
using LeakySpanner.Sessions.Sampling;
using LeakySpanner.Sidecar.Diagnoses;
using LeakySpanner.Sidecar.Workers;
using LeakySpanner.Target;

namespace LeakySpanner.Sidecar;

/// <summary>What the session needs of the world beside a clock and a disk.</summary>
/// <param name="Open">A worker's process. Throws <see cref="TargetException"/> where there is none, or it is somebody else's.</param>
/// <param name="RootHasEnded">Whether the process has ended whose end is that of the service.</param>
/// <param name="Diagnose">Makes a diagnosis: JSON, or why there is none.</param>
/// <param name="Regress">Shares growth out among routes.</param>
/// <param name="PlaceAgent">Makes the agent's library a file, and tells its path; null where that cannot be done.</param>
internal sealed record SessionSources(
    Func<int, IWorkerProcess> Open,
    Func<bool> RootHasEnded,
    Func<int, CancellationToken, Task<(string? Json, string? Trouble)>> Diagnose,
    Func<ImmutableArray<MemorySample>, Traffic, RouteCosts> Regress,
    Func<string?> PlaceAgent)
{
    /// <summary>Live processes.</summary>
    /// <param name="root">Null where it had ended before we looked.</param>
    /// <param name="clock">The time.</param>
    public static SessionSources Live(TargetProcess? root, TimeProvider clock) =>
        new(pid => WorkerProcess.Open(pid, clock), () => root is not { IsAlive: true }, ChildDiagnosis.MakeAsync,
            (memory, traffic) => RequestRegression.Fit(memory.AsSpan(), traffic), AgentLibrary.TryPlace);
}
