using System.Net;
using System.Net.Sockets;
using System.Text;
using LeakySpanner.Model;
using LeakySpanner.Sidecar;
using LeakySpanner.Web;

namespace LeakySpanner.Tests.Cli.Web;

/// <summary>A server over a fake sidecar, on a Unix socket in a folder of its own and on a port that the kernel chose.</summary>
internal sealed class Served : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("web").FullName;
    private readonly HttpClient _port;
    private readonly HttpClient _socket;

    private Served(FakeSidecar sidecar, SidecarServer server, Socket tcp)
    {
        Sidecar = sidecar;
        Server = server;
        Port = ((IPEndPoint)tcp.LocalEndPoint!).Port;
        SocketPath = Path.Combine(_folder, "sidecar.sock");
        _port = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{Port}") };
        _socket = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancel) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), cancel);
                return new NetworkStream(socket, ownsSocket: true);
            },
        })
        {
            BaseAddress = new Uri("http://localhost"),
        };
    }

    public FakeSidecar Sidecar { get; }

    public SidecarServer Server { get; }

    public int Port { get; }

    public string SocketPath { get; }

    public static SidecarOptions Options(string? key = null, string address = "127.0.0.1", int port = 0) => new(
        "/nowhere", "shop-api", 1, "/nowhere", SidecarLevel.Mid, TimeSpan.FromSeconds(5), ByteSize.FromMB(50), LogFormat.Text,
        100 * ByteSize.MB, IPAddress.Parse(address), port, key);

    public static async Task<Served> StartAsync(string? key = null, TimeProvider? time = null)
    {
        var sidecar = new FakeSidecar();
        var server = new SidecarServer(sidecar, Options(key), time ?? TimeProvider.System);
        var tcp = MetricsSocket.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        var served = new Served(sidecar, server, tcp);
        await server.StartAsync(served.SocketPath, tcp, CancellationToken.None);
        return served;
    }

    /// <summary>As Prometheus or a person at the metrics port.</summary>
    public Task<Reply> AtPortAsync(string path, string method = "GET", params (string Name, string Value)[] headers) =>
        SendAsync(_port, method, path, null, headers);

    /// <summary>As the shim passes on what a client of the application asked.</summary>
    public Task<Reply> ThroughApplicationAsync(string path, string method = "GET", string client = "127.0.0.1", params (string Name, string Value)[] headers) =>
        SendAsync(_socket, method, path, null, [("X-LeakySpanner-Client", client), ("X-LeakySpanner-Worker", "4121"), .. headers]);

    /// <summary>As the shim itself.</summary>
    public Task<Reply> FromShimAsync(string path, string? body, string method = "POST") => SendAsync(_socket, method, path, body, []);

    /// <summary>Bytes as they are, over TCP, for what no client library would send; the answer until the server closes.</summary>
    public async Task<string> RawAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30));
    }

    public async ValueTask DisposeAsync()
    {
        _port.Dispose();
        _socket.Dispose();
        await Server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<Reply> SendAsync(HttpClient client, string method, string path, string? body, (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await client.SendAsync(request);
        return new Reply(
            (int)response.StatusCode,
            await response.Content.ReadAsStringAsync(),
            response.Headers.Concat(response.Content.Headers).ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase));
    }
}

internal sealed record Reply(int Status, string Body, Dictionary<string, string> Headers);
