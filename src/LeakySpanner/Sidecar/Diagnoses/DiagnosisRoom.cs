using LeakySpanner.Model;

namespace LeakySpanner.Sidecar.Diagnoses;

/// <summary>Whether a diagnosis would fit below a service's memory limit, which in a container holds for the observer as well.</summary>
internal static class DiagnosisRoom
{
    /// <summary>A program without a heap to read.</summary>
    private static readonly ByteSize Program = ByteSize.FromMB(64);

    /// <summary>A snapshot takes some 60 bytes per object, which is half of what small objects take themselves.</summary>
    private const int SharesPerHeap = 2;

    /// <param name="worker">RSS of the one that would be diagnosed.</param>
    /// <param name="taken">By all workers and by us.</param>
    /// <param name="limit">Null for none.</param>
    public static bool Suffices(ByteSize worker, ByteSize taken, ByteSize? limit) =>
        limit is not { } most || (taken + Program).Bytes + (worker.Bytes / SharesPerHeap) <= most.Bytes;
}
