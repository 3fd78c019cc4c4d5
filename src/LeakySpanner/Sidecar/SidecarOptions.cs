using System.Net;
using LeakySpanner.Model;

namespace LeakySpanner.Sidecar;

public enum SidecarLevel
{
    /// <summary>Requests and the kernel's numbers; the heap is not read.</summary>
    Basic,

    /// <summary>Also censuses, the verdict's suspects, collector pauses, allocation sites where the runtime traces them.</summary>
    Mid,

    /// <summary>Also the top allocation sites with every snapshot line.</summary>
    Deep,
}

public enum LogFormat
{
    Text,
    Json,
}

/// <param name="Folder">0700, holds the socket and the workers' rings.</param>
/// <param name="Service">For people.</param>
/// <param name="RootPid">The process whose end is the end of the service: a supervisor of workers, or the only worker.</param>
/// <param name="LogPath">Folder of the logs, as the application gave it, absolute.</param>
/// <param name="Level">How much is looked at.</param>
/// <param name="Interval">Between snapshot lines.</param>
/// <param name="LeakThreshold">Growth over the baseline that is worth an alert.</param>
/// <param name="LogFormat">Lines for people, or JSON objects.</param>
/// <param name="LogBytes">All files of a session together.</param>
/// <param name="MetricsAddress">Loopback unless told otherwise; elsewhere only with a key.</param>
/// <param name="MetricsPort">0 for none.</param>
/// <param name="ApiKey">From the environment (LEAKYSPANNER_API_KEY), never from the command line, which others can read.</param>
public sealed record SidecarOptions(
    string Folder,
    string Service,
    int RootPid,
    string LogPath,
    SidecarLevel Level,
    TimeSpan Interval,
    ByteSize LeakThreshold,
    LogFormat LogFormat,
    long LogBytes,
    IPAddress MetricsAddress,
    int MetricsPort,
    string? ApiKey);
