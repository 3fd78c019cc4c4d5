using LeakySpanner.Sidecar.View;

namespace LeakySpanner.Metrics;

/// <summary>The kernel's numbers of every worker, by the names that exporters use for their own process.</summary>
internal static class ProcessMetrics
{
    public static void Write(MetricsText text, ServiceView view)
    {
        Each(text, view, "process_resident_memory_bytes", "Resident memory of the worker.", worker => worker.Memory.Rss.Bytes);
        Each(text, view, "process_rss_bytes", "The same as process_resident_memory_bytes, for alerts that use this name.", worker => worker.Memory.Rss.Bytes);
        Each(text, view, "process_virtual_memory_bytes", "Address space of the worker.", worker => worker.Memory.Virtual.Bytes);
        Each(text, view, "process_open_fds", "Open file descriptors of the worker.", worker => worker.Resources.Descriptors);
        Each(text, view, "process_threads", "Threads of the worker.", worker => worker.Resources.Threads);
        text.Counter("process_cpu_seconds_total", "CPU time of the worker, user and system.");
        Samples(text, view, worker => worker.CpuSeconds);
        Each(text, view, "process_start_time_seconds", "When the worker's process began, since the epoch.",
            worker => worker.ProcessStarted is { } started ? started.ToUnixTimeMilliseconds() / 1000.0 : null);
        Each(text, view, "leakyspanner_memory_anonymous_bytes", "Resident memory that no file backs: where leaks are.", worker => worker.Memory.Anonymous.Bytes);
        Each(text, view, "leakyspanner_memory_swapped_bytes", "Memory that was swapped out.", worker => worker.Memory.Swapped.Bytes);
        Each(text, view, "leakyspanner_memory_baseline_bytes", "Resident memory when the watching of the worker began.", worker => worker.Baseline.Bytes);
        Each(text, view, "leakyspanner_memory_peak_bytes", "Largest resident memory seen of the worker.", worker => worker.Peak.Bytes);
        Each(text, view, "leakyspanner_memory_limit_bytes",
            "Memory limit that would kill the worker; workers in one control group share it.", worker => worker.Limit?.Bytes);
        Each(text, view, "leakyspanner_requests_in_progress", "Requests that the worker is working on.", worker => worker.InProgress);
        Each(text, view, "leakyspanner_asyncio_tasks", "Unfinished asyncio tasks of the worker.", worker => worker.Tasks);
        text.Counter("leakyspanner_request_records_total", "Request records read from the worker.");
        Samples(text, view, worker => worker.RecordsSeen);
        text.Counter("leakyspanner_request_records_lost_total", "Request records that were overwritten before they were read.");
        Samples(text, view, worker => worker.RecordsLost);
    }

    internal static void Each(MetricsText text, ServiceView view, string name, string help, Func<WorkerView, double?> value)
    {
        text.Gauge(name, help);
        Samples(text, view, value);
    }

    private static void Samples(MetricsText text, ServiceView view, Func<WorkerView, double?> value)
    {
        foreach (var worker in view.Workers)
            text.Sample(value(worker), ServiceMetrics.Worker(worker));
    }
}
