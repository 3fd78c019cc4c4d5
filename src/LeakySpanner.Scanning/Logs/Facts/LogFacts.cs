using System.Collections.Immutable;
using LeakySpanner.Model.Usage;

namespace LeakySpanner.Scanning.Logs.Facts;

/// <summary>What was read of one file.</summary>
/// <param name="Name">As it was named; "-" is standard input.</param>
/// <param name="Lines">Read, also those that say nothing.</param>
/// <param name="Bytes">Uncompressed.</param>
/// <param name="Trouble">Why it was not read to its end, or null.</param>
public sealed record LogFileFacts(string Name, long Lines, long Bytes, string? Trouble);

/// <summary>Events of one kind that are about the same.</summary>
/// <param name="Kind">What.</param>
/// <param name="Detail">What tells them from others of the kind, or null.</param>
/// <param name="Site">"app/main.py:42", or null.</param>
/// <param name="Count">How many.</param>
/// <param name="First">The earliest.</param>
/// <param name="Last">The latest.</param>
public sealed record EventTally(LogEventKind Kind, string? Detail, string? Site, long Count, LogTime First, LogTime Last);

/// <summary>One or more processes killed within moments, as told by one or more logs.</summary>
/// <param name="At">When, or unknown.</param>
/// <param name="Cause">The surest of what the logs say.</param>
/// <param name="Who">Process, container or dyno.</param>
/// <param name="Pids">As the logs number them.</param>
/// <param name="Bytes">Memory it had, or null.</param>
/// <param name="Limit">The limit that it met, or null.</param>
/// <param name="Sources">The formats that tell of it.</param>
public sealed record KillIncident(
    LogTime At, KillCause Cause, string? Who, ImmutableArray<int> Pids, long? Bytes, long? Limit, ImmutableArray<string> Sources);

/// <summary>An endpoint as the logs know it.</summary>
/// <param name="Name">"GET /items/{}".</param>
/// <param name="Requests">Lines of access logs.</param>
/// <param name="ServerErrors">Of those, with status 500 and above.</param>
/// <param name="Deltas">Requests whose memory our own log told.</param>
/// <param name="DeltaAverage">Bytes that memory grew during one, or null.</param>
/// <param name="DeltaMax">Bytes, or null.</param>
/// <param name="BytesPerRequest">Our own log's regression, or null.</param>
/// <param name="Before">How it goes with kills.</param>
public sealed record EndpointFacts(
    string Name, long Requests, long ServerErrors, long Deltas, double? DeltaAverage, long? DeltaMax, double? BytesPerRequest, BeforeKills Before);

/// <summary>A job, or an ordinary message.</summary>
/// <param name="Text">A job's name, or the wording with numbers left out.</param>
/// <param name="IsJob">Whether a scheduler said so.</param>
/// <param name="Count">In all.</param>
/// <param name="Before">How it goes with kills.</param>
public sealed record NoteFacts(string Text, bool IsJob, long Count, BeforeKills Before);

/// <param name="Windows">Of the windows before kills, those in which it was seen.</param>
/// <param name="Count">How often it was seen in them.</param>
public readonly record struct BeforeKills(int Windows, long Count);

/// <summary>The windows before kills against the whole log.</summary>
/// <param name="Count">Windows.</param>
/// <param name="Covered">Seconds or lines that they cover together.</param>
/// <param name="Whole">Seconds or lines of the log.</param>
/// <param name="Timed">Whether it is seconds.</param>
public sealed record KillWindows(int Count, double Covered, double Whole, bool Timed);

/// <summary>Memory that one line allocated, by listings of tracemalloc.</summary>
/// <param name="Site">"app/cache.py:42".</param>
/// <param name="First">Bytes in the first listing that names it.</param>
/// <param name="Last">Bytes in the last one.</param>
/// <param name="Greatest">Bytes at most.</param>
/// <param name="Count">Blocks in the last one.</param>
/// <param name="Listings">Listings that name it.</param>
public sealed record AllocationFacts(string Site, long First, long Last, long Greatest, long Count, int Listings);

/// <summary>Lines of one format.</summary>
public sealed record FormatCount(string Format, long Lines);

/// <summary>Everything that logs say, in bounded space. Facts only: nothing is judged here.</summary>
public sealed record LogFacts(
    ImmutableArray<LogFileFacts> Files,
    ImmutableArray<FormatCount> Formats,
    long OrdinaryLines,
    long UnreadLines,
    ImmutableArray<string> UnreadSamples,
    LogTime First,
    LogTime Last,
    bool HasTimeOfDay,
    ImmutableArray<KillIncident> Kills,
    long KillsInAll,
    ImmutableArray<EventTally> Events,
    ImmutableArray<LogTime> Starts,
    ImmutableArray<MemorySeries> Series,
    ImmutableArray<EndpointFacts> Endpoints,
    ImmutableArray<NoteFacts> Notes,
    KillWindows Windows,
    ImmutableArray<AllocationFacts> Allocations,
    Traffic? Traffic,
    ImmutableArray<string> Remarks);
