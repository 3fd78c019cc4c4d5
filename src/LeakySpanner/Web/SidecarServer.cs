using System.Net;
using System.Net.Sockets;
using LeakySpanner.Sidecar;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace LeakySpanner.Web;

/// <summary>
/// HTTP on the service's Unix socket (for the shim) and on the metrics address (for Prometheus and people). Kestrel alone, without a host:
/// a host would handle SIGTERM itself, and read ASPNETCORE_ variables that are meant for somebody else.
/// </summary>
public sealed class SidecarServer : IAsyncDisposable
{
    /// <summary>For answers that are being written when the end comes.</summary>
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(1);

    private readonly SidecarOptions _options;
    private readonly Requests _requests;
    private readonly List<string> _warnings = [];
    private KestrelServer? _server;
    private string? _socketPath;

    public SidecarServer(ISidecar sidecar, SidecarOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(sidecar);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        _options = options;
        _requests = new Requests(new RouteTable(sidecar, this, time), new AccessRule(options.ApiKey));
    }

    /// <summary>What does not work and what to do about it, one line each. Complete once the server has started.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Where metrics are served, or null.</summary>
    public Uri? MetricsUri { get; private set; }

    /// <summary>Listens on the socket, and on the metrics address where that can be had; where not, <see cref="Warnings"/> says why.</summary>
    /// <param name="socketPath">In a folder that only we may enter.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="IOException">The socket cannot be made; without it there is no sidecar.</exception>
    public Task StartAsync(string socketPath, CancellationToken cancel)
    {
        if (_options.MetricsPort == 0)
            return StartAsync(socketPath, null, cancel);
        var tcp = MetricsSocket.TryListen(_options, _requests.Rule, out var warning);
        if (warning is not null)
            _warnings.Add(warning);
        return StartAsync(socketPath, tcp, cancel);
    }

    /// <summary>The same with a TCP socket that listens already.</summary>
    internal async Task StartAsync(string socketPath, Socket? tcp, CancellationToken cancel)
    {
        PrivateSocket.Prepare(socketPath);
        var transport = new SocketTransportOptions
        {
            CreateBoundListenSocket = endpoint => endpoint is IPEndPoint ? tcp! : SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint),
        };
        var kestrel = ServerLimits.Bounded();
        kestrel.ListenUnixSocket(socketPath, listen => listen.Protocols = HttpProtocols.Http1);
        if (tcp is not null)
        {
            var endpoint = (IPEndPoint)tcp.LocalEndPoint!;
            kestrel.Listen(endpoint, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                new ConnectionBound(ServerLimits.TcpConnections).Apply(listen);
            });
            MetricsUri = MetricsSocket.UriOf(endpoint);
        }

        _server = new KestrelServer(
            Options.Create(kestrel), new SocketTransportFactory(Options.Create(transport), NullLoggerFactory.Instance), NullLoggerFactory.Instance);
        _socketPath = socketPath;
        await _server.StartAsync(_requests, cancel).ConfigureAwait(false);
        PrivateSocket.Protect(socketPath);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not { } server)
            return;
        _server = null;
        using var patience = new CancellationTokenSource(Drain);
        await server.StopAsync(patience.Token).ConfigureAwait(false);
        server.Dispose();
        PrivateSocket.Remove(_socketPath!);
    }
}
