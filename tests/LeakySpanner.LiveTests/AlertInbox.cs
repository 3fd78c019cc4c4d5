using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace LeakySpanner.LiveTests;

/// <summary>Takes alerts as an Alertmanager would: Prometheus tells it when an expression holds, so that no test asks again and again.</summary>
internal sealed class AlertInbox : IHttpApplication<HttpContext>, IAsyncDisposable
{
    private readonly KestrelServer _server;
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _alerts = new();

    private AlertInbox()
    {
        var kestrel = new KestrelServerOptions();
        kestrel.Listen(IPAddress.Loopback, 0);
        _server = new KestrelServer(
            Options.Create(kestrel), new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance), NullLoggerFactory.Instance);
    }

    /// <summary>host:port.</summary>
    public string Address => new Uri(_server.Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Authority;

    public static async Task<AlertInbox> OpenAsync()
    {
        var inbox = new AlertInbox();
        await inbox._server.StartAsync(inbox, CancellationToken.None);
        return inbox;
    }

    /// <summary>Completes when the alert has come; perhaps it already has.</summary>
    public Task ComesAsync(string name) => Source(name).Task;

    public async Task ProcessRequestAsync(HttpContext context)
    {
        using var alerts = await JsonDocument.ParseAsync(context.Request.Body);
        foreach (var alert in alerts.RootElement.EnumerateArray())
            Source(alert.GetProperty("labels").GetProperty("alertname").GetString()!).TrySetResult();
    }

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(CancellationToken.None);
        _server.Dispose();
    }

    private TaskCompletionSource Source(string name) => _alerts.GetOrAdd(name, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
