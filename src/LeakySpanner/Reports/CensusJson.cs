using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.Reports;

/// <summary>Schema leakyspanner.census/1.</summary>
internal sealed record CensusJson(
    string Schema,
    ProcessJson Process,
    long ArenaBytes,
    long LiveBytes,
    IReadOnlyList<TypeCountJson> Types,
    IReadOnlyList<ContainerJson> Containers,
    CollectorJson? Collector,
    CoverageJson Coverage)
{
    public static CensusJson Of(ProcessFacts process, HeapCensus census, int rows) => new(
        "leakyspanner.census/1",
        ProcessJson.Of(process),
        census.ArenaBytes,
        census.LiveBytes,
        [.. census.Types.Take(rows).Select(type => new TypeCountJson(type.Name, type.Count, type.Bytes))],
        [.. census.Containers.Take(rows).Select(container => new ContainerJson(container.Address.ToString(), container.Type, container.Length))],
        census.Collector is { } state ? new CollectorJson(state.Enabled, state.Collections, state.Thresholds, state.Counts) : null,
        CoverageJson.Of(census.Coverage));
}

internal sealed record TypeCountJson(string Type, long Count, long Bytes);

internal sealed record ContainerJson(string Address, string Type, long Entries);

internal sealed record CollectorJson(bool Enabled, IReadOnlyList<long> Collections, IReadOnlyList<int> Thresholds, IReadOnlyList<int> Counts);

/// <summary>Schema leakyspanner.track/1: the last round.</summary>
internal sealed record TrackJson(
    string Schema,
    ProcessJson Process,
    int Rounds,
    double Seconds,
    long RssChangeBytes,
    IReadOnlyList<TypeGrowthJson> Types,
    IReadOnlyList<ContainerGrowthJson> Containers)
{
    public static TrackJson Of(ProcessFacts process, Sessions.TrackRound round, int rows) => new(
        "leakyspanner.track/1",
        ProcessJson.Of(process),
        round.Number,
        Math.Round(round.At.TotalSeconds, 1),
        round.MemoryChange.Bytes,
        [.. round.Types.Take(rows).Select(type => new TypeGrowthJson(type.Name, type.Count, type.CountChange, type.BytesChange))],
        [.. round.Containers.Take(rows).Select(container => new ContainerGrowthJson(
            container.Address.ToString(), container.Type, container.Length, container.Change))]);
}

internal sealed record TypeGrowthJson(string Type, long Count, long CountChange, long BytesChange);

internal sealed record ContainerGrowthJson(string Address, string Type, long Entries, long EntriesChange);
