using LeakySpanner.Reports;
using LeakySpanner.Sidecar.View;

namespace LeakySpanner.Web.Json;

internal sealed record ProcessInfoJson(
    string Schema,
    string Service,
    DateTimeOffset Time,
    string Level,
    string? LogFile,
    IReadOnlyList<WorkerProcessJson> Workers,
    int EndedWorkers,
    SidecarJson Sidecar,
    IReadOnlyList<string> Notes)
{
    public static ProcessInfoJson Of(ServiceView view) => new(
        "leakyspanner.process-info/1",
        view.Service,
        view.Now,
        view.Level.ToString().ToLowerInvariant(),
        view.LogFile,
        [.. view.Workers.Select(worker => WorkerProcessJson.Of(worker, view.Now))],
        view.Ended,
        new SidecarJson(
            view.Self.Pid, ProductVersion.Text, view.Self.RssBytes, Math.Round(view.Self.CpuSeconds, 3), Figure.Seconds(view.Now - view.Started)),
        view.Notes);
}

/// <param name="Command">Without what looks like a password, token or key.</param>
/// <param name="Unreadable">Why the heap is not read, or null.</param>
/// <param name="NumFds">Open descriptors.</param>
/// <param name="RequestsLost">Request records that were overwritten before they were read.</param>
internal sealed record WorkerProcessJson(
    int Slot,
    int Pid,
    string Command,
    string? Runtime,
    string? Unreadable,
    DateTimeOffset WatchedSince,
    DateTimeOffset? Started,
    double? UptimeSeconds,
    double? CpuSeconds,
    int Threads,
    int NumFds,
    int? Tasks,
    long RssBytes,
    long? LimitBytes,
    string? LimitSource,
    CollectorJson? Gc,
    long RequestsSeen,
    long RequestsLost)
{
    public static WorkerProcessJson Of(WorkerView worker, DateTimeOffset now) => new(
        worker.Slot,
        worker.Pid,
        CommandSecrets.Hide(worker.Command),
        worker.Runtime,
        worker.Unreadable,
        worker.Since,
        worker.ProcessStarted,
        worker.ProcessStarted is { } started ? Figure.Seconds(now - started) : null,
        Figure.Rounded(worker.CpuSeconds, 2),
        worker.Resources.Threads,
        worker.Resources.Descriptors,
        worker.Tasks,
        worker.Memory.Rss.Bytes,
        worker.Limit?.Bytes,
        worker.LimitSource,
        worker.Collector is { } state ? new CollectorJson(state.Enabled, state.Collections, state.Thresholds, state.Counts) : null,
        worker.RecordsSeen,
        worker.RecordsLost);
}

/// <summary>What the observer itself costs.</summary>
internal sealed record SidecarJson(int Pid, string Version, long RssBytes, double CpuSeconds, double UptimeSeconds);
