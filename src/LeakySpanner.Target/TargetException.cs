namespace LeakySpanner.Target;

/// <summary>Why a process cannot be observed: a closed set, each told with what to do about it.</summary>
public enum TargetFailure
{
    NoSuchProcess,
    Gone,
    NotPermitted,
    NotPython,
    NotSupported,
    Stopped,
    NoneMatches,
    SeveralMatch,
}

/// <summary>Thrown by operations on a target as a whole; a single failed read is never an exception.</summary>
public sealed class TargetException(TargetFailure failure, string message) : Exception(message)
{
    public TargetFailure Failure { get; } = failure;
}
