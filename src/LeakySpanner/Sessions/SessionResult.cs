namespace LeakySpanner.Sessions;

/// <param name="Value">What is known.</param>
/// <param name="TargetEnded">True where the process ended before the session did.</param>
public readonly record struct SessionResult<T>(T Value, bool TargetEnded)
{
    /// <summary>From the beginning of the session until the process was last seen alive.</summary>
    public TimeSpan Watched { get; init; }
}
