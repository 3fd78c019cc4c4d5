namespace LeakySpanner.Scanning.Logs;

/// <summary>Something to read lines from.</summary>
/// <param name="Name">As the user named it; "-" is standard input.</param>
/// <param name="Written">When it was written last, on the clock of its lines as far as that is known; gives lines without a year theirs.</param>
/// <param name="Open">Opens it; decompressing is not its matter. Called once.</param>
public sealed record LogSource(string Name, DateTime Written, Func<Stream> Open);

/// <param name="Offset">Against UTC, of times that do not tell.</param>
/// <param name="Interval">Between samples that have no time, or null.</param>
public sealed record LogOptions(TimeSpan Offset, TimeSpan? Interval);
