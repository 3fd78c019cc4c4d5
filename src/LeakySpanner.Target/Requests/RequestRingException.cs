namespace LeakySpanner.Target.Requests;

/// <summary>A file cannot be followed as a ring of requests; the message says why.</summary>
public sealed class RequestRingException(string message) : Exception(message);
