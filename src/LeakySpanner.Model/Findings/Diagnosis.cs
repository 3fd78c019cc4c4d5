using System.Collections.Immutable;

namespace LeakySpanner.Model.Findings;

/// <summary>The answer: one object, rendered as text and as JSON of schema leakyspanner.diagnosis/1.</summary>
public sealed record Diagnosis(
    ProcessFacts Process,
    Verdict Verdict,
    ImmutableArray<Suspect> Suspects,
    ImmutableArray<BalanceLine> Balance,
    Coverage Coverage,
    ImmutableArray<string> Notes)
{
    /// <summary>What requests leave behind, or null where they were not recorded.</summary>
    public RouteCosts? RouteCosts { get; init; }

    /// <summary>How the process ended, or null where it outlived the watching.</summary>
    public ProcessEnd? End { get; init; }
}

/// <param name="Name">What a person calls the service: the script or application named on its command line.</param>
/// <param name="Pid">Process id as the observer sees it.</param>
/// <param name="Command">Its command line.</param>
/// <param name="Runtime">"CPython 3.11.2".</param>
/// <param name="Server">"uvicorn", "gunicorn" or null.</param>
/// <param name="Rss">Resident memory at the end.</param>
/// <param name="Limit">The memory limit that would kill it, or null.</param>
/// <param name="LimitSource">"cgroup v2 memory.max", "cgroup v1", "host memory" or null.</param>
public sealed record ProcessFacts(
    string Name, int Pid, string Command, string Runtime, string? Server, ByteSize Rss, ByteSize? Limit, string? LimitSource)
{
    /// <summary>The pid by which it knows itself: another one than <see cref="Pid"/> in a pid namespace of its own. Null where that is not told.</summary>
    public int? InnermostPid { get; init; }

    /// <summary>Null where it is in none.</summary>
    public ContainerFacts? Container { get; init; }
}

public enum Outcome
{
    NoLeak,
    Leak,

    /// <summary>Grows, or is too noisy, but the time watched does not tell a leak from a warm-up or a filling cache.</summary>
    TooEarlyToTell,
}

public enum Severity
{
    None,
    Low,
    Medium,
    High,
    Critical,
}

/// <param name="Outcome">The verdict.</param>
/// <param name="Severity">None unless it leaks.</param>
/// <param name="GrowthPerMinute">Bytes per minute of anonymous memory, robustly estimated.</param>
/// <param name="Low">Lower end of the 95 % confidence interval of the growth.</param>
/// <param name="High">Upper end.</param>
/// <param name="Confidence">0 to 1: how sure the outcome is.</param>
/// <param name="TimeToLimit">Null where it does not grow or no limit is known.</param>
/// <param name="Watched">How long the process was watched.</param>
/// <param name="Reason">One sentence: which shape the growth has and what speaks for the outcome.</param>
public sealed record Verdict(
    Outcome Outcome,
    Severity Severity,
    double GrowthPerMinute,
    double Low,
    double High,
    double Confidence,
    TimeSpan? TimeToLimit,
    TimeSpan Watched,
    string Reason);

public enum SuspectKind
{
    Container,
    Type,
    Task,
    Thread,
    Native,
    Fragmentation,
    Garbage,
    FileDescriptor,
}

/// <param name="Kind">What grows.</param>
/// <param name="Name">"app.cache.results_cache", a type's name, a coroutine's name.</param>
/// <param name="Type">The container's type, or null.</param>
/// <param name="ObjectsPerMinute">Entries, tasks, descriptors added per minute, or null.</param>
/// <param name="BytesPerMinute">Growth of what it holds, or null.</param>
/// <param name="RetainedBytes">Retained size at the end, or null.</param>
/// <param name="ShareOfGrowth">0 to 1 of the measured growth, or null.</param>
/// <param name="Path">What keeps it alive, from the root to it: "module app.cache", "results_cache".</param>
/// <param name="AllocatedAt">The lines that fill it.</param>
/// <param name="Endpoints">The routes that lead to those lines.</param>
/// <param name="Pattern">"unbounded_cache" and the like, or null.</param>
/// <param name="Explanation">One or two sentences for a person.</param>
/// <param name="Fix">What to write instead, or null.</param>
/// <param name="IsExpected">True where the growth will end by itself (a bound, a timer); then it is no leak.</param>
public sealed record Suspect(
    SuspectKind Kind,
    string Name,
    string? Type,
    double? ObjectsPerMinute,
    double? BytesPerMinute,
    long? RetainedBytes,
    double? ShareOfGrowth,
    ImmutableArray<string> Path,
    ImmutableArray<Site> AllocatedAt,
    ImmutableArray<EndpointShare> Endpoints,
    string? Pattern,
    string? Explanation,
    string? Fix,
    bool IsExpected = false)
{
    /// <summary>Of what it gained, sampled when it was allocated; null where too little was.</summary>
    public int? Samples { get; init; }

    /// <summary>0 to 1 of these: allocated outside of requests. Null where nothing was sampled.</summary>
    public double? OutsideRequests { get; init; }

    /// <summary>Where samples, regression and code do not agree; null where they do.</summary>
    public string? Disagreement { get; init; }

    /// <summary>What the source says of it; null where it was not read, or no rule applies.</summary>
    public SourceFinding? Source { get; init; }
}

/// <summary>A rule of scan-code that applies to what a diagnosis has seen.</summary>
/// <param name="Rule">"unbounded_cache".</param>
/// <param name="File">As of <see cref="Site"/>.</param>
/// <param name="Line">From 1.</param>
/// <param name="Message">What is wrong there, in one sentence.</param>
/// <param name="Fix">What to write instead.</param>
public sealed record SourceFinding(string Rule, string File, int Line, string Message, string Fix);

/// <param name="Inferred">True where it was read from code, not measured.</param>
public sealed record Site(string File, int Line, string Function, bool Inferred = true)
{
    /// <summary>False for a line that only asks for the memory, which another one puts where it stays.</summary>
    public bool Fills { get; init; } = true;

    /// <summary>0 to 1 of the suspect's samples: asked for by this line, or in calls of its function. Null where nothing was sampled.</summary>
    public double? SampledShare { get; init; }
}

/// <param name="Share">0 to 1, or null where only inferred.</param>
/// <param name="BytesPerRequest">Null where not measured.</param>
/// <param name="Low">Lower end of its 95 % interval.</param>
/// <param name="High">Upper end.</param>
public sealed record EndpointShare(
    string Route, double? Share, double? BytesPerRequest, bool Inferred = true, double? Low = null, double? High = null)
{
    /// <summary>0 to 1 of the suspect's samples: asked for by requests of this route. Null where nothing was sampled.</summary>
    public double? SampledShare { get; init; }
}

/// <param name="Name">Stable key: python_objects, python_free, malloc_native, malloc_free, files, stacks, unexplained.</param>
/// <param name="Label">For a person.</param>
public sealed record BalanceLine(string Name, string Label, long Bytes);
