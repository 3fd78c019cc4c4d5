using LeakySpanner.Model.Findings;

namespace LeakySpanner.Reports;

/// <summary>Schema leakyspanner.diagnosis/1. Fields may be added, never renamed; what is not known is null or an empty list.</summary>
internal sealed record DiagnosisJson(
    string Schema,
    ProcessJson Process,
    VerdictJson Verdict,
    IReadOnlyList<SuspectJson> Suspects,
    IReadOnlyList<BalanceJson> Balance,
    CoverageJson Coverage,
    IReadOnlyList<string> Notes,
    IReadOnlyList<RouteCostJson> EndpointsCost,
    double? BackgroundBytesPerMinute,
    EndJson? Ended)
{
    public static DiagnosisJson Of(Diagnosis diagnosis) => new(
        "leakyspanner.diagnosis/1",
        ProcessJson.Of(diagnosis.Process),
        VerdictJson.Of(diagnosis.Verdict),
        [.. diagnosis.Suspects.Select((suspect, index) => SuspectJson.Of(index + 1, suspect))],
        [.. diagnosis.Balance.Select(line => new BalanceJson(line.Name, line.Label, line.Bytes))],
        CoverageJson.Of(diagnosis.Coverage),
        diagnosis.Notes,
        [.. (diagnosis.RouteCosts?.Routes ?? []).Select(RouteCostJson.Of)],
        VerdictJson.Finite(diagnosis.RouteCosts?.BackgroundBytesPerMinute),
        EndJson.Of(diagnosis.End));
}

/// <summary>Schema leakyspanner.diagnoses/1: one entry per process, where several were asked for.</summary>
internal sealed record DiagnosesJson(string Schema, IReadOnlyList<DiagnosisJson> Diagnoses);

internal sealed record ProcessJson(
    int Pid, string Command, string Runtime, string Name, string? Server, long RssBytes, long? LimitBytes, string? LimitSource, int? InnermostPid, PlaceJson? Container)
{
    public static ProcessJson Of(ProcessFacts process) => new(
        process.Pid, process.Command, process.Runtime, process.Name, process.Server,
        process.Rss.Bytes, process.Limit?.Bytes, process.LimitSource, process.InnermostPid,
        PlaceJson.Of(process.Container));
}

internal sealed record PlaceJson(string? Runtime, string? Id, string? PodUid, string? Name, string? HostName)
{
    public static PlaceJson? Of(Model.Findings.ContainerFacts? container) =>
        container is null ? null : new(container.Runtime, container.Id, container.PodUid, container.Name, container.HostName);
}

/// <param name="Leak">Null while it is too early to tell.</param>
internal sealed record VerdictJson(
    bool? Leak,
    string Severity,
    double? GrowthBytesPerMinute,
    double? Confidence,
    double? TimeToLimitSeconds,
    string Outcome,
    string Reason,
    double? GrowthLowBytesPerMinute,
    double? GrowthHighBytesPerMinute,
    double WatchedSeconds)
{
    public static VerdictJson Of(Verdict verdict) => new(
        verdict.Outcome == Model.Findings.Outcome.TooEarlyToTell ? null : verdict.Outcome == Model.Findings.Outcome.Leak,
        DiagnosisText.SeverityName(verdict.Severity),
        DiagnosisText.IsKnown(verdict) ? Finite(verdict.GrowthPerMinute) : null,
        Finite(verdict.Confidence),
        verdict.TimeToLimit is { } time ? Math.Round(time.TotalSeconds, 1) : null,
        verdict.Outcome switch
        {
            Model.Findings.Outcome.Leak => "leak",
            Model.Findings.Outcome.NoLeak => "no_leak",
            _ => "too_early_to_tell",
        },
        verdict.Reason,
        Finite(verdict.Low),
        Finite(verdict.High),
        Math.Round(verdict.Watched.TotalSeconds, 1));

    /// <summary>JSON has no infinity; an interval without an end is not known.</summary>
    internal static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? Math.Round(number, 4) : null;
}

internal sealed record SuspectJson(
    int Rank,
    string Kind,
    string Name,
    string? Type,
    double? GrowthObjectsPerMinute,
    double? GrowthBytesPerMinute,
    long? RetainedBytes,
    double? ShareOfGrowth,
    IReadOnlyList<string> Path,
    IReadOnlyList<SiteJson> AllocatedAt,
    IReadOnlyList<EndpointJson> Endpoints,
    string? Pattern,
    string? Explanation,
    string? Fix,
    bool Expected,
    int? Samples,
    double? OutsideRequestsShare,
    string? Disagreement,
    SourceJson? Source)
{
    public static SuspectJson Of(int rank, Suspect suspect) => new(
        rank,
        KindName(suspect.Kind),
        suspect.Name,
        suspect.Type,
        VerdictJson.Finite(suspect.ObjectsPerMinute),
        VerdictJson.Finite(suspect.BytesPerMinute),
        suspect.RetainedBytes,
        VerdictJson.Finite(suspect.ShareOfGrowth),
        suspect.Path.IsDefault ? [] : suspect.Path,
        [.. suspect.AllocatedAt.IsDefault ? [] : suspect.AllocatedAt.Select(site => new SiteJson(site.File, site.Line, site.Function, site.Inferred, site.Fills, VerdictJson.Finite(site.SampledShare)))],
        [.. suspect.Endpoints.IsDefault ? [] : suspect.Endpoints.Select(EndpointJson.Of)],
        suspect.Pattern,
        suspect.Explanation,
        suspect.Fix,
        suspect.IsExpected,
        suspect.Samples,
        VerdictJson.Finite(suspect.OutsideRequests),
        suspect.Disagreement,
        suspect.Source is { } source ? new SourceJson(source.Rule, source.File, source.Line, source.Message, source.Fix) : null);

    private static string KindName(SuspectKind kind) => kind switch
    {
        SuspectKind.Container => "container",
        SuspectKind.Type => "type",
        SuspectKind.Task => "task",
        SuspectKind.Thread => "thread",
        SuspectKind.Native => "native",
        SuspectKind.Fragmentation => "fragmentation",
        SuspectKind.Garbage => "garbage",
        SuspectKind.FileDescriptor => "file-descriptor",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}

/// <param name="Rule">Of scan-code.</param>
internal sealed record SourceJson(string Rule, string File, int Line, string Message, string Fix);

/// <param name="Fills">False for a line that only asks for the memory.</param>
/// <param name="SampledShare">Of the suspect's samples.</param>
internal sealed record SiteJson(string File, int Line, string Function, bool Inferred, bool Fills, double? SampledShare);

/// <param name="Share">Of the growth that requests explain.</param>
internal sealed record RouteCostJson(string Route, long Requests, double? BytesPerRequest, double? Low, double? High, double? Share)
{
    public static RouteCostJson Of(RouteCost cost) => new(
        cost.Route, cost.Requests, VerdictJson.Finite(cost.BytesPerRequest), VerdictJson.Finite(cost.Low), VerdictJson.Finite(cost.High), VerdictJson.Finite(cost.ShareOfGrowth));
}

internal sealed record EndpointJson(string Route, double? Share, double? BytesPerRequest, bool Inferred, double? Low, double? High, double? SampledShare)
{
    public static EndpointJson Of(EndpointShare endpoint) => new(
        endpoint.Route, VerdictJson.Finite(endpoint.Share), VerdictJson.Finite(endpoint.BytesPerRequest), endpoint.Inferred,
        VerdictJson.Finite(endpoint.Low), VerdictJson.Finite(endpoint.High), VerdictJson.Finite(endpoint.SampledShare));
}

internal sealed record BalanceJson(string Name, string Label, long Bytes);

internal sealed record CoverageJson(long ObjectsSeen, long Faults, double PausedMs, IReadOnlyDictionary<string, long> FaultsByName)
{
    public static CoverageJson Of(Model.Coverage coverage) => new(
        coverage.ObjectsSeen, coverage.FaultCount, Math.Round(coverage.PausedMilliseconds, 3), coverage.Faults);
}
