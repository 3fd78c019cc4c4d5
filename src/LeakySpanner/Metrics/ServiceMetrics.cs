using System.Globalization;
using LeakySpanner.Sidecar.View;
using LeakySpanner.Web;

namespace LeakySpanner.Metrics;

/// <summary>What the sidecar knows, for Prometheus. See docs/metrics.md.</summary>
internal sealed class ServiceMetrics
{
    private readonly EndpointMetrics _endpoints = new();
    private readonly HeapMetrics _heap = new();
    private readonly SamplingMetrics _sampling = new();
    private readonly SuspectMetrics _suspects = new();
    private readonly Lock _lock = new();

    public byte[] Write(ServiceView view)
    {
        var text = new MetricsText();
        lock (_lock)
        {
            ProcessMetrics.Write(text, view);
            VerdictMetrics.Write(text, view);
            _endpoints.Write(text, view);
            _heap.Write(text, view);
            _sampling.Write(text, view);
            CollectorMetrics.Write(text, view);
            _suspects.Write(text, view);
            WriteSession(text, view);
        }

        return text.ToUtf8();
    }

    /// <summary>The label of a worker: its slot, which a later worker takes over. A pid would make new series at every restart.</summary>
    public static (string Name, string Value) Worker(WorkerView worker) => ("worker", worker.Slot.ToString(CultureInfo.InvariantCulture));

    private static void WriteSession(MetricsText text, ServiceView view)
    {
        text.Gauge("leakyspanner_workers", "Workers that are watched.");
        text.Sample(view.Workers.Length);
        text.Counter("leakyspanner_workers_ended_total", "Workers that ended in this session.");
        text.Sample(view.Ended);
        text.Gauge("leakyspanner_session_start_time_seconds", "When the sidecar began to watch, since the epoch.");
        text.Sample(view.Started.ToUnixTimeMilliseconds() / 1000.0);
        text.Gauge("leakyspanner_session_info", "Always 1; what is watched and how closely.");
        text.Sample(1, ("service", view.Service), ("level", view.Level.ToString().ToLowerInvariant()));
        text.Gauge("leakyspanner_log_writable", "1 where the log is being written, 0 where it cannot be.");
        text.Sample(view.LogFile is null ? 0 : 1);
        text.Gauge("leakyspanner_sidecar_resident_memory_bytes", "Resident memory of the sidecar itself.");
        text.Sample(view.Self.RssBytes);
        text.Counter("leakyspanner_sidecar_cpu_seconds_total", "CPU time of the sidecar itself.");
        text.Sample(view.Self.CpuSeconds);
        text.Gauge("leakyspanner_build_info", "Always 1; the version of LeakySpanner.");
        text.Sample(1, ("version", ProductVersion.Text));
    }
}
