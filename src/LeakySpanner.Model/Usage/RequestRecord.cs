namespace LeakySpanner.Model.Usage;

public enum RequestKind : byte
{
    /// <summary>A request and its response.</summary>
    Http = 0,

    /// <summary>From the handshake to the close.</summary>
    WebSocket = 1,

    /// <summary>A call of a tracked function.</summary>
    Function = 2,

    /// <summary>A collection of the runtime's cyclic collector; not a request at all.</summary>
    Collection = 3,

    /// <summary>Not finished: a request that goes on (a WebSocket, a response in pieces) says which route it took. Its status is the request's own kind.</summary>
    Route = 4,
}

[Flags]
public enum RequestTraits : byte
{
    None = 0,

    /// <summary>The body was sent in several pieces.</summary>
    Streamed = 1,

    /// <summary>The application raised.</summary>
    Raised = 2,

    /// <summary>The client went away before the response was complete.</summary>
    Disconnected = 4,
}

/// <summary>One finished request as the application's side wrote it down.</summary>
/// <param name="Sequence">From 1, without gaps, per worker.</param>
/// <param name="StartedNanoseconds">CLOCK_MONOTONIC.</param>
/// <param name="DurationNanoseconds">Until the application returned.</param>
/// <param name="ResponseBytes">Of the body. For a collection: objects collected.</param>
/// <param name="RssDelta">Resident memory after minus before, bytes; everything that ran meanwhile is in it. Null where not measured.</param>
/// <param name="Endpoint">Index into the worker's table of names.</param>
/// <param name="Overlapped">Other requests that were in progress at some time during this one.</param>
/// <param name="Status">HTTP status, a WebSocket's close code, 0 for none. For a collection: its generation.</param>
/// <param name="Kind">What it was.</param>
/// <param name="Traits">How it went.</param>
/// <param name="Request">The lower half of the number by which the sampling agent knows it; 0 for none.</param>
public readonly record struct RequestRecord(
    long Sequence,
    long StartedNanoseconds,
    long DurationNanoseconds,
    long ResponseBytes,
    long? RssDelta,
    int Endpoint,
    int Overlapped,
    int Status,
    RequestKind Kind,
    RequestTraits Traits,
    uint Request = 0);
