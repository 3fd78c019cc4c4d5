using LeakySpanner.Scanning.Symbols;

namespace LeakySpanner.Scanning.Projects;

public enum EntryKind : byte
{
    /// <summary>Runs while the process starts or stops.</summary>
    Lifespan,
    Route,
    WebSocket,
    Middleware,
    Dependency,
    BackgroundTask,

    /// <summary>A job of a queue or a schedule.</summary>
    Job,
}

/// <summary>A function that somebody outside the project calls.</summary>
/// <param name="Function">The function.</param>
/// <param name="Kind">When.</param>
/// <param name="Label">For a person: "GET /query/{q}", "middleware", "every job of celery".</param>
public readonly record struct Entry(Function Function, EntryKind Kind, string Label);
