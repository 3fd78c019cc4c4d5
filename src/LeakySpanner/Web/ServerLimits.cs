using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace LeakySpanner.Web;

/// <summary>What a client may ask of the server. All that is legitimate is far below.</summary>
internal static class ServerLimits
{
    /// <summary>Prometheus needs one, a browser six.</summary>
    public const int TcpConnections = 64;

    private const int BodyBytes = 16 * 1024;
    private const int HeaderBytes = 16 * 1024;
    private const int Headers = 64;
    private const int LineBytes = 4 * 1024;
    private const int Connections = 512;

    public static KestrelServerOptions Bounded()
    {
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Limits.MaxRequestBodySize = BodyBytes;
        options.Limits.MaxRequestBufferSize = BodyBytes + HeaderBytes + LineBytes;
        options.Limits.MaxRequestHeadersTotalSize = HeaderBytes;
        options.Limits.MaxRequestHeaderCount = Headers;
        options.Limits.MaxRequestLineSize = LineBytes;
        options.Limits.MaxConcurrentConnections = Connections;
        options.Limits.MaxConcurrentUpgradedConnections = 0;
        options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
        return options;
    }
}
