using System.Collections.Immutable;

namespace LeakySpanner.Model.Findings;

/// <summary>What ended the watching of a process before its time: a closed set.</summary>
public enum EndKind
{
    /// <summary>It ended by itself.</summary>
    Exited,

    /// <summary>A signal ended it.</summary>
    Signalled,

    /// <summary>The kernel killed it, because a memory limit or the machine's memory was used up.</summary>
    OutOfMemory,

    /// <summary>It lives, but has replaced its program by another (execve).</summary>
    Replaced,

    /// <summary>It is gone; nobody told how.</summary>
    Unknown,
}

/// <param name="Kind">What happened.</param>
/// <param name="At">When it was seen, a twentieth of a second late at most in a short session.</param>
/// <param name="After">Since the watching began.</param>
/// <param name="ExitCode">What it gave back, or null.</param>
/// <param name="Signal">"SIGKILL", or null.</param>
/// <param name="Rss">Resident memory when it was last seen.</param>
/// <param name="Limit">The limit that held for it, or null.</param>
/// <param name="LimitSource">Who says so, or null.</param>
public sealed record ProcessEnd(
    EndKind Kind, DateTimeOffset At, TimeSpan After, int? ExitCode, string? Signal, ByteSize Rss, ByteSize? Limit, string? LimitSource)
{
    /// <summary>True where the kind follows from circumstances, and nobody has said so.</summary>
    public bool IsInferred { get; init; }

    /// <summary>The command that now runs in its place, or under its number once that was given to another process; null where none does.</summary>
    public string? Successor { get; init; }

    /// <summary>Processes that it had started and that live on.</summary>
    public ImmutableArray<int> Heirs { get; init; } = [];
}
