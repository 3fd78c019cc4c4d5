using System.Net;

namespace LeakySpanner.Web;

/// <summary>What is known of whoever asks, before anything is answered.</summary>
/// <param name="Client">Where the request came from, or null where nobody can say (a Unix socket in front of the application).</param>
/// <param name="Forwarded">Whether a header says that a proxy passed it on.</param>
/// <param name="ChangesState">Anything but GET and HEAD.</param>
/// <param name="Host">The Host header, or null.</param>
/// <param name="Origin">The Origin header, or null.</param>
/// <param name="FetchSite">The Sec-Fetch-Site header, or null.</param>
/// <param name="Authorization">The Authorization header, or null.</param>
/// <param name="ApiKey">The X-API-Key header, or null.</param>
public readonly record struct Caller(
    IPAddress? Client,
    bool Forwarded,
    bool ChangesState,
    string? Host,
    string? Origin = null,
    string? FetchSite = null,
    string? Authorization = null,
    string? ApiKey = null);
