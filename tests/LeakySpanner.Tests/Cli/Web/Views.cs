using System.Collections.Immutable;
using LeakySpanner.Model;
using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Usage;
using LeakySpanner.Reports;
using LeakySpanner.Sidecar;
using LeakySpanner.Sidecar.View;
using LeakySpanner.Target.Agent;
using LeakySpanner.Tests.Cli.Reports;

namespace LeakySpanner.Tests.Cli.Web;

/// <summary>Services to serve: one of which everything is known, and one of which next to nothing is.</summary>
internal static class Views
{
    public static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    public static readonly AllocationTable Allocations = new(
        IsTracing: true,
        [
            new AllocationSite("/app/internal/agents/executor.py", 142, 1240, 44_564_480),
            new AllocationSite("/usr/lib/python3.11/ssl.py", 1092, 1, 4096),
            new AllocationSite("<frozen importlib._bootstrap>", 241, 8500, 12_792_627),
        ],
        9741, 60_000_000, 1, null);

    private static readonly LiveSite Filled = new("/app/app/cache.py", 42, "search", 570_000_000, 139_160, 4_349);

    public static readonly LiveAllocations Live = new(
        587_202_560, 4_480, 131_072,
        [Filled, new LiveSite("/usr/lib/python3.11/json/decoder.py", 353, "JSONDecoder.raw_decode", 16_202_560, 30_000, 120), new LiveSite("libz.so.1", 0, "", 1_000_000, 8, 11)],
        [new LiveEndpoint("GET /query/{q}", 576_000_000, 150_000, 4_400, [Filled]), new LiveEndpoint(SampledRoute.None, 11_202_560, 19_168, 80, [])]);

    private static readonly RouteCost Search = new("GET /query/{q}", 120_000, 4096.25, 4001.5, 4190.75, 0.97);
    private static readonly RouteCost Health = new("GET /health", 9_000, 0, -120.5, 130.25, 0);

    private static readonly LatencyHistogram Latency = new([10, 20, 40, 20, 5, 2, 1, 1, 0, 0, 0, 0, 0, 0, 1], 42.125);

    public static readonly WorkerView Leaking = new(
        0, 4121, "CPython 3.11.2", null, Now - TimeSpan.FromMinutes(30),
        new MemorySample(TimeSpan.FromMinutes(30), new ByteSize(933_232_640), new ByteSize(900_000_000), ByteSize.Zero, new ByteSize(1_500_000_000)),
        new ByteSize(327_155_712), new ByteSize(940_000_000), new ByteSize(ByteSize.GB), "cgroup v2 memory.max",
        Diagnoses.Leak.Verdict,
        new ResourceSample(TimeSpan.FromMinutes(30), 12, 87), 5,
        new CollectorState(true, [1000, 90, 8], [700, 10, 10], [142, 8, 1]),
        [
            new PauseView(0, new LatencyHistogram([990, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 0.5), 0.0021, 100_000),
            new PauseView(2, new LatencyHistogram([0, 0, 0, 0, 0, 6, 2, 0, 0, 0, 0, 0, 0, 0, 0], 0.4), 0.0625, 5_000),
        ],
        Census(TimeSpan.Zero, 10_000, 100), Census(TimeSpan.FromMinutes(29), 160_000, 150_100),
        [
            new HistoryPoint(Now - TimeSpan.FromMinutes(30), new ByteSize(327_155_712), new ByteSize(300_000_000), 0),
            new HistoryPoint(Now - TimeSpan.FromMinutes(10), new ByteSize(700_000_000), new ByteSize(670_000_000), 80_000),
            new HistoryPoint(Now, new ByteSize(933_232_640), new ByteSize(900_000_000), 129_000),
        ],
        3, 129_000, 7)
    {
        Command = "/usr/bin/python3 -m uvicorn shop_api:app --ssl-keyfile-password hunter2",
        ProcessStarted = Now - TimeSpan.FromMinutes(31),
        CpuSeconds = 812.25,
        Allocations = Live,
        Sampling = new AgentCounts(91_000, 3, 0, 512, 0, 4_480),
    };

    /// <summary>A worker that registered a moment ago and cannot be read.</summary>
    public static readonly WorkerView New = new(
        1, 4122, null, "not permitted: set kernel.yama.ptrace_scope=0", Now,
        new MemorySample(TimeSpan.FromMinutes(30), new ByteSize(80_000_000), new ByteSize(60_000_000), ByteSize.Zero, new ByteSize(400_000_000)),
        new ByteSize(80_000_000), new ByteSize(80_000_000), null, null,
        new Verdict(Outcome.TooEarlyToTell, Severity.None, 0, double.NegativeInfinity, double.PositiveInfinity, 0, null, TimeSpan.Zero, "watched for less than 10 s"),
        new ResourceSample(TimeSpan.FromMinutes(30), 1, 9), null, null, [], null, null, [], 0, 0, 0);

    public static readonly ServiceView Full = new(
        "shop-api", Now, Now - TimeSpan.FromMinutes(30), SidecarLevel.Mid, "/app/leakyspanner_logs/leakyspanner_20261121_113000.log",
        [Leaking, New], 2,
        [
            new EndpointView("GET /health", RequestKind.Http, 9_000, 0, 0, new LatencyHistogram([9000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 1.5), 18_000, new DeltaView(9_000, 8_990, 4096, 4096), Health),
            new EndpointView("GET /query/{q}", RequestKind.Http, 120_000, 12, 3, Latency, 4_800_000, new DeltaView(120_000, 119_000, 491_520_000, 1_048_576), Search),
            new EndpointView("WS /feed", RequestKind.WebSocket, 4, 0, 0, new LatencyHistogram([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3], 300), 0, default, null),
        ],
        new RouteCosts([Search, Health], 1200.5, 58, ["GET /a and GET /b are always called together"]),
        [new DiagnosisView(4121, Now - TimeSpan.FromMinutes(5), ReportJson.Of(Diagnoses.Leak), "app.cache.results_cache grows, filled at app/cache.py:42")],
        IsDiagnosing: false,
        new SelfUsage(52_428_800, 14.25, 4200),
        ["pid 4122 is not read: not permitted"]);

    public static readonly ServiceView Empty = new(
        "shop-api", Now, Now, SidecarLevel.Basic, null, [], 0, [], null, [], IsDiagnosing: true, new SelfUsage(30_000_000, 0.02, 4200), []);

    private static HeapCensus Census(TimeSpan at, long strings, long entries) => new(
        at,
        [new TypeCount("str", strings, strings * 80), new TypeCount("dict", 4_000, 1_000_000), new TypeCount("app.models.User", 12, 576)],
        [new ContainerLength(new Address(0x7f40c67cf3c0), "dict", entries), new ContainerLength(new Address(0x7f40c67cf400), "list", 50)],
        20_000_000, 18_000_000, null, new Coverage(strings + 4_012, ImmutableSortedDictionary<string, long>.Empty));
}
