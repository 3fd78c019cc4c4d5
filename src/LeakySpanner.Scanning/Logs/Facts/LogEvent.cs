namespace LeakySpanner.Scanning.Logs.Facts;

/// <summary>Something that one line said.</summary>
/// <param name="Kind">What.</param>
/// <param name="At">When, or <see cref="LogTime.Unknown"/>.</param>
/// <param name="Source">The format's name: "kernel", "gunicorn".</param>
public readonly record struct LogEvent(LogEventKind Kind, LogTime At, string Source)
{
    /// <summary>The process as the line numbers it, or null.</summary>
    public int? Pid { get; init; }

    /// <summary>Process, container, pod or dyno by name, or null.</summary>
    public string? Who { get; init; }

    /// <summary>What tells events of one kind apart: a resource, a coroutine, a message. Null where nothing does.</summary>
    public string? Detail { get; init; }

    /// <summary>"app/main.py:42", or null.</summary>
    public string? Site { get; init; }

    /// <summary>Resident memory at that moment, bytes, or null.</summary>
    public long? Bytes { get; init; }

    /// <summary>The limit that was reached, bytes, or null.</summary>
    public long? Limit { get; init; }

    public KillCause Cause { get; init; }
}
