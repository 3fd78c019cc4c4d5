using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace LeakySpanner.Web;

/// <summary>The answer to "may they?".</summary>
/// <param name="Status">200, or the HTTP status of the refusal.</param>
/// <param name="Refusal">One line that says what to do; null where it is allowed.</param>
public readonly record struct Access(int Status, string? Refusal)
{
    public static readonly Access Granted = new(200, null);

    public bool IsGranted => Status == 200;
}

/// <summary>
/// Who may read what the sidecar knows. Without a key: clients on this machine, asking for a loopback name, not through a proxy.
/// With a key: whoever sends it, and nobody else. What changes something is never done for a page of another site.
/// </summary>
public sealed class AccessRule
{
    private const string SetKey = "set api_key=... (or LEAKYSPANNER_API_KEY) and send it as X-API-Key";

    private readonly byte[]? _key;

    /// <param name="key">Null or blank for none: an empty variable in a compose file is not a key.</param>
    public AccessRule(string? key) => _key = string.IsNullOrWhiteSpace(key) ? null : Digest(key.Trim());

    public bool HasKey => _key is not null;

    /// <summary>Why the address must not be listened on, or null. Other machines could reach it, and anybody there would be served.</summary>
    public string? RefusalToListen(IPAddress address) => HasKey || IsLoopback(address)
        ? null
        : $"metrics are not served on {address}, because other machines reach it and no API key is set: set LEAKYSPANNER_API_KEY, or metrics_host=\"127.0.0.1\"";

    public Access Decide(in Caller caller)
    {
        // First, because a browser adds keys that it remembers by itself.
        if (caller.ChangesState && IsFromAnotherSite(caller))
            return new Access(403, "a page of another site may not ask for this; use curl, or a page of this service");
        return _key is null ? WithoutKey(caller) : WithKey(caller);
    }

    private Access WithKey(in Caller caller)
    {
        // Both are compared, and each in full, so that the time taken tells nothing of the key.
        var bearer = Matches(Bearer(caller.Authorization));
        var plain = Matches(caller.ApiKey);
        if (bearer | plain)
            return Access.Granted;
        return caller.ApiKey is null && Bearer(caller.Authorization) is null
            ? new Access(401, "an API key is needed: send it as \"X-API-Key: KEY\" or \"Authorization: Bearer KEY\"")
            : new Access(401, "this is not the API key of this service (its api_key option, or LEAKYSPANNER_API_KEY)");
    }

    private static Access WithoutKey(in Caller caller)
    {
        if (caller.Forwarded)
            return new Access(403, $"this came through a proxy, so that nobody can say who asks: {SetKey}");
        if (caller.Client is not { } client)
            return new Access(403, $"where this came from is not known: {SetKey}");
        if (!IsLoopback(client))
            return new Access(403, $"only clients on this machine may ask while there is no API key: {SetKey}");
        return IsLoopbackHost(caller.Host)
            ? Access.Granted
            : new Access(403, $"the Host header must be a loopback name such as localhost while there is no API key; use one, or {SetKey}");
    }

    /// <summary>127.0.0.0/8 and ::1, also as an IPv4 address in an IPv6 socket.</summary>
    public static bool IsLoopback(IPAddress address) =>
        IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    /// <summary>A name that resolves to this machine whatever a name server says (RFC 6761), or a loopback address.</summary>
    public static bool IsLoopbackHost(string? host)
    {
        if (!TrySplit(host, out var name))
            return false;
        if (name.StartsWith('['))
            return IPAddress.TryParse(name.AsSpan(1, name.Length - 2), out var six) && IsLoopback(six);
        if (name.Count(character => character == '.') == 3 && IPAddress.TryParse(name, out var four))
            return IsLoopback(four);
        name = name.TrimEnd('.');
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Host and port of a Host header; what has anything else in it is none.</summary>
    private static bool TrySplit(string? host, out string name)
    {
        name = "";
        if (string.IsNullOrEmpty(host))
            return false;
        var end = host.StartsWith('[') ? host.IndexOf(']', StringComparison.Ordinal) + 1 : host.IndexOf(':', StringComparison.Ordinal);
        if (end < 0)
            end = host.Length;
        var port = host.AsSpan(end);
        if (end < (host[0] == '[' ? 3 : 1) || (port.Length > 0 && (port[0] != ':' || port.Length > 6 || port[1..].ContainsAnyExceptInRange('0', '9'))))
            return false;
        name = host[..end];
        return true;
    }

    private static bool IsFromAnotherSite(in Caller caller)
    {
        // same-site too: another port of this machine may belong to somebody else's page.
        if (caller.FetchSite is { } site && site is not ("same-origin" or "none"))
            return true;
        if (caller.Origin is not { } origin)
            return false;
        return !Uri.TryCreate(origin, UriKind.Absolute, out var from)
            || from.Scheme is not ("http" or "https")
            || !Uri.TryCreate($"{from.Scheme}://{caller.Host}", UriKind.Absolute, out var here)
            || !string.Equals(from.Authority, here.Authority, StringComparison.OrdinalIgnoreCase);
    }

    private static string? Bearer(string? authorization)
    {
        const string Scheme = "Bearer ";
        return authorization?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) is true ? authorization[Scheme.Length..].Trim() : null;
    }

    private bool Matches(string? sent) => CryptographicOperations.FixedTimeEquals(Digest(sent ?? ""), _key) & sent is not null;

    /// <summary>Keys of different lengths are compared at equal length.</summary>
    private static byte[] Digest(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
