using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LeakySpanner.Web.Json;
using Microsoft.AspNetCore.Http;

namespace LeakySpanner.Web;

/// <summary>How a request came in.</summary>
internal enum Via
{
    /// <summary>Over the Unix socket, from the shim itself.</summary>
    Shim,

    /// <summary>Over the Unix socket: the shim passes on what a client of the application asked.</summary>
    Application,

    /// <summary>Over the metrics port.</summary>
    Port,
}

/// <summary>One request and its answer.</summary>
internal sealed class Exchange
{
    private const string ClientHeader = "X-LeakySpanner-Client";
    private const string WorkerHeader = "X-LeakySpanner-Worker";

    /// <summary>Any of them means that a proxy stands between; Via is in the standard, the others are what proxies send.</summary>
    private static readonly string[] ForwardingHeaders =
    [
        "Forwarded", "X-Forwarded-For", "X-Real-IP", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Server", "Via",
        "X-Client-IP", "True-Client-IP", "CF-Connecting-IP", "X-Envoy-External-Address",
    ];

    public Exchange(HttpContext http)
    {
        Http = http;

        // A Unix socket has no address. Headers of ours are believed there only: whoever enters its folder is the same user.
        Via = http.Connection.RemoteIpAddress is not null ? Via.Port
            : http.Request.Headers.ContainsKey(ClientHeader) ? Via.Application
            : Via.Shim;
        var path = http.Request.Path.Value ?? "/";
        Path = path.Length > 1 ? path.TrimEnd('/') : path;
        Method = HttpMethods.IsHead(http.Request.Method) ? HttpMethods.Get : http.Request.Method;
    }

    public HttpContext Http { get; }

    public Via Via { get; }

    /// <summary>Without a final slash.</summary>
    public string Path { get; }

    /// <summary>GET for HEAD, whose body the server leaves out.</summary>
    public string Method { get; }

    public CancellationToken Aborted => Http.RequestAborted;

    /// <summary>The worker that passes a request on, or null.</summary>
    public int? Worker => Via == Via.Application && int.TryParse(Http.Request.Headers[WorkerHeader], out var pid) && pid > 0 ? pid : null;

    public Access Decide(AccessRule rule) => rule.Decide(new Caller(
        Client(),
        Array.Exists(ForwardingHeaders, Http.Request.Headers.ContainsKey),
        Method != HttpMethods.Get,
        Header("Host"),
        Header("Origin"),
        Header("Sec-Fetch-Site"),
        Header("Authorization"),
        Header("X-API-Key")));

    /// <summary>Answers are about one moment and for whoever asked.</summary>
    public void SetSecurityHeaders()
    {
        var headers = Http.Response.Headers;
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
    }

    public Task JsonAsync<T>(T value, JsonTypeInfo<T> type, int status = 200) =>
        BytesAsync(JsonSerializer.SerializeToUtf8Bytes(value, type), "application/json", status);

    public Task RefuseAsync(int status, string message)
    {
        if (Http.Response.HasStarted)
        {
            Http.Abort();
            return Task.CompletedTask;
        }

        if (status == 401)
            Http.Response.Headers.WWWAuthenticate = "Bearer realm=\"LeakySpanner\"";
        return JsonAsync(new ErrorJson(message), WebJson.Context.ErrorJson, status);
    }

    public Task BytesAsync(ReadOnlyMemory<byte> body, string type, int status = 200)
    {
        Http.Response.StatusCode = status;
        Http.Response.ContentType = type;
        Http.Response.ContentLength = body.Length;
        return Http.Response.Body.WriteAsync(body, Aborted).AsTask();
    }

    private IPAddress? Client() => Via switch
    {
        Via.Port => Http.Connection.RemoteIpAddress,
        Via.Application => IPAddress.TryParse(Header(ClientHeader), out var address) ? address : null,
        _ => null,
    };

    private string? Header(string name) => Http.Request.Headers.TryGetValue(name, out var values) ? values.ToString() : null;
}
