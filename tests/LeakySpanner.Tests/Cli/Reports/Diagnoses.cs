using System.Collections.Immutable;
using LeakySpanner.Model;
using LeakySpanner.Model.Findings;

namespace LeakySpanner.Tests.Cli.Reports;

/// <summary>Diagnoses to print: a leak with everything known, and ones of which little is.</summary>
internal static class Diagnoses
{
    private static readonly ImmutableSortedDictionary<string, long> Faults = ImmutableSortedDictionary<string, long>.Empty
        .Add("edge to no object", 9).Add("pool header inconsistent", 3);

    public static readonly ContainerFacts Container = new(
        "containerd", "4f2a1b9c0d1e5566778899aabbccddeeff00112233445566778899aabbccddee", "3f2c1a77-04b1-4d0e-9a55-0c6e8d1f2b3a", "shop", "shop-7c9d5");

    public static readonly ProcessFacts Process = new(
        "shop-api", 4121, "/usr/bin/python3 -m uvicorn shop_api:app", "CPython 3.11.2", "uvicorn",
        new ByteSize(890 * ByteSize.MB), new ByteSize(ByteSize.GB), "cgroup v2 memory.max");

    public static readonly Suspect Cache = new(
        SuspectKind.Container, "app.cache.results_cache", "dict", 5012, 12_100_000, 641_728_512, 0.94,
        ["module app.cache", "results_cache"],
        [new Site("app/cache.py", 42, "search"), new Site("app/cache.py", 57, "warm")],
        [new EndpointShare("GET /query/{q}", 0.97, 2457, Inferred: false, 1940, 2970), new EndpointShare("POST /warm", null, null)],
        "unbounded_cache", "Unbounded cache: nothing ever removes an entry.",
        "results_cache = cachetools.TTLCache(maxsize=1000, ttl=3600)");

    /// <summary>Samples know the line, and do not agree with the regression.</summary>
    public static readonly Suspect Sampled = Cache with
    {
        AllocatedAt =
        [
            new Site("app/cache.py", 41, "search", Inferred: false) { Fills = false, SampledShare = 0.93 },
            new Site("app/cache.py", 42, "search", Inferred: false) { SampledShare = 0.93 }, new Site("app/cache.py", 57, "warm") { SampledShare = 0 },
        ],
        Endpoints =
        [
            new EndpointShare("GET /query/{q}", 0.97, 2457, Inferred: false, 1940, 2970) { SampledShare = 0.55 },
            new EndpointShare("GET /suggest", 0.35, 880, Inferred: false, 790, 970) { SampledShare = 0.35 }, new EndpointShare("POST /warm", null, null) { SampledShare = 0 },
        ],
        Samples = 412,
        OutsideRequests = 0.1,
        Disagreement = "samples charge 35 % of it to GET /suggest, of whose requests the regression finds nothing left",
        Source = new SourceFinding("unbounded_cache", "app/cache.py", 42, "results_cache gets an entry for every GET /query/{q}, and nothing ever removes one", "results_cache.pop(next(iter(results_cache)))"),
    };

    public static readonly Suspect Descriptors = new(
        SuspectKind.FileDescriptor, "open descriptors", null, 0.4, null, null, null, [], [], [], null,
        "Sockets are opened and never closed.", null);

    public static readonly Diagnosis Leak = new(
        Process,
        new Verdict(
            Outcome.Leak, Severity.High, 12.3 * ByteSize.MB, 11.6 * ByteSize.MB, 13.1 * ByteSize.MB, 0.99,
            TimeSpan.FromSeconds(2460), TimeSpan.FromSeconds(60), "grows steadily, gives nothing back and does not slow down"),
        [Cache, Descriptors],
        [
            new BalanceLine("python_objects", "Python objects", 702 * ByteSize.MB),
            new BalanceLine("python_free", "free in Python's arenas", 18 * ByteSize.MB),
            new BalanceLine("malloc_native", "native (malloc)", 61 * ByteSize.MB),
            new BalanceLine("malloc_free", "free in malloc, returnable", 9 * ByteSize.MB),
            new BalanceLine("files", "code and files", 44 * ByteSize.MB),
            new BalanceLine("stacks", "stacks", 3 * ByteSize.MB),
            new BalanceLine("shared", "shared", 0),
            new BalanceLine("unexplained", "unexplained", 2 * ByteSize.MB),
        ],
        new Coverage(5_210_334, Faults),
        [])
    {
        RouteCosts = new RouteCosts(
            [new RouteCost("GET /query/{q}", 4_900, 2457, 1940, 2970, 0.97), new RouteCost("GET /health", 120, 0, double.NegativeInfinity, 310, 0)], 21_000, 118, []),
    };

    public static readonly Diagnosis Healthy = Leak with
    {
        Verdict = new Verdict(
            Outcome.NoLeak, Severity.None, 30_000, -100_000, 160_000, 0.97, null, TimeSpan.FromMinutes(2),
            "memory is level"),
        Suspects = [Cache with { IsExpected = true, Pattern = "bounded_cache", Explanation = "It is filling up to its 1,000 entries.", Fix = null, Endpoints = [] }],
        Coverage = new Coverage(1, ImmutableSortedDictionary<string, long>.Empty, PausedMilliseconds: 3.25),
        Notes = ["the process's cgroup could not be read; the limit is the host's memory"],
    };

    public static readonly Diagnosis Short = new(
        Process with { Limit = null, LimitSource = null, Server = null },
        new Verdict(
            Outcome.TooEarlyToTell, Severity.None, 0, double.NegativeInfinity, double.PositiveInfinity, 0, null,
            TimeSpan.FromSeconds(3), "watched for 3 s; that does not tell a leak from a warm-up"),
        [], [], Coverage.None, ["stopped by Ctrl-C; this is what was known then"]);

    public static readonly Suspect Hostile = Cache with
    {
        Name = "evil\u001b[2J\u202e.cache",
        Type = null,
        Path = ["module \u001b]0;title\u0007x", "cache"],
    };
}
