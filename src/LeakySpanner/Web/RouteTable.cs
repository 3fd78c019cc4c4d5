using System.Collections.Immutable;
using System.Text;
using LeakySpanner.Sidecar;
using LeakySpanner.Web.Endpoints;

namespace LeakySpanner.Web;

/// <summary>Everything that is served, in the order of the index.</summary>
internal sealed class RouteTable
{
    public const string Debug = "/api/debug/memory";

    public RouteTable(ISidecar sidecar, SidecarServer server, TimeProvider time)
    {
        var state = new StateEndpoints(sidecar);
        var leaks = new LeakEndpoints(sidecar);
        var collector = new CollectorEndpoints(sidecar);
        var allocations = new AllocationEndpoints(sidecar, time);
        var registration = new ShimEndpoints(sidecar, server);
        var pages = new PageEndpoints(sidecar, this);
        All =
        [
            new("GET", Debug, Audience.Everybody, pages.IndexAsync, "This list"),
            new("GET", Debug + "/snapshot", Audience.Everybody, state.SnapshotAsync, "Memory, collector, limit, verdict and requests as of now"),
            new("GET", Debug + "/growth", Audience.Everybody, state.GrowthAsync, "Types and containers that grow, and bytes left behind per request"),
            new("GET", Debug + "/history", Audience.Everybody, state.HistoryAsync, "Memory over the last minutes: ?minutes=60"),
            new("GET", Debug + "/leaks", Audience.Everybody, leaks.ShowAsync, "The verdict, the cost of every endpoint and the last diagnosis"),
            new("POST", Debug + "/leaks", Audience.Everybody, leaks.StartAsync, "Starts a diagnosis of the worker that grows fastest"),
            new("GET", Debug + "/process-info", Audience.Everybody, state.ProcessInfoAsync, "Processes, limits, descriptors, threads, and what the sidecar costs"),
            new("GET", Debug + "/allocations", Audience.Everybody, allocations.ShowAsync, "Lines that hold most memory: ?limit=10&pid=PID"),
            new("GET", Debug + "/gc", Audience.Everybody, collector.ShowAsync, "State and pauses of the cyclic collector"),
            new("POST", Debug + "/gc", Audience.Everybody, collector.CollectAsync, "Collects, and gives free memory back to the system"),
            new("GET", Debug + "/openapi.json", Audience.Everybody, PageEndpoints.OpenApiAsync, "All of this as OpenAPI 3.1"),
            new("GET", "/debug/memory", Audience.Everybody, allocations.ShowAsync, "The same as allocations"),
            new("GET", "/metrics", Audience.Port, pages.MetricsAsync, "Metrics for Prometheus"),
            new("GET", "/healthz", Audience.Port, PageEndpoints.HealthAsync, "Whether the sidecar answers", IsOpen: true),
            new("GET", "/", Audience.Port, pages.HomeAsync, "This list as text"),
            new("POST", "/v1/workers", Audience.Shim, registration.RegisterAsync),
            new("POST", "/v1/agent", Audience.Shim, registration.SampleAsync),
            new("POST", "/v1/collected", Audience.Shim, collector.CollectedAsync),
        ];
    }

    public ImmutableArray<Route> All { get; }

    /// <summary>The route, or the methods that the path has; none of both where there is no such path.</summary>
    public (Route? Route, string Allowed) Find(string path, string method, Via via)
    {
        var allowed = new StringBuilder();
        foreach (var route in All)
        {
            if (!string.Equals(route.Path, path, StringComparison.Ordinal) || !route.ExistsFor(via))
                continue;
            if (string.Equals(route.Method, method, StringComparison.Ordinal))
                return (route, "");
            allowed.Append(allowed.Length > 0 ? ", " : "").Append(route.Method);
        }

        return (null, allowed.ToString());
    }
}
