using System.Net;
using System.Net.Sockets;

namespace LeakySpanner.Testing.Live;

/// <summary>An application under a server, on a port of the loopback interface, with the shim of this checkout where it asks for it.</summary>
public sealed class WebService : IAsyncDisposable
{
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(60);

    private WebService(WebServer server, ChildProcess process, int port)
    {
        Server = server;
        Process = process;
        Port = port;
        Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(30) };
    }

    public WebServer Server { get; }

    /// <summary>The server; its workers are children of it.</summary>
    public ChildProcess Process { get; }

    public int Port { get; }

    public HttpClient Client { get; }

    /// <summary>What it printed, for messages of tests.</summary>
    public string Output => $"{Server}:\n{Process.StandardOutput}\n{Process.StandardError}";

    /// <summary>Starts it and returns once it takes connections; that it also answers is the caller's first request.</summary>
    /// <param name="server">And how it is called.</param>
    /// <param name="application">"module:attribute".</param>
    /// <param name="folder">Where the module lies.</param>
    /// <param name="environment">Of the server and its workers.</param>
    public static async Task<WebService> StartAsync(WebServer server, string application, string folder, params (string Name, string? Value)[] environment)
    {
        var port = LoopbackPort.Free();
        string[] command = [.. server.Launcher, PythonService.Interpreter, .. server.CommandLine(application, port)];
        var process = ChildProcess.Start(command[0], command[1..], folder,
            [("PYTHONDONTWRITEBYTECODE", "1"), ("PYTHONHASHSEED", "0"), ("PYTHONPATH", $"{folder}:{Path.Combine(Checkout.Root, "python")}"), .. environment]);
        var service = new WebService(server, process, port);
        try
        {
            await Eventually.BecomesTrueAsync(service.TakesConnections, LongestStart, () => service.Output);
            return service;
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Process.DisposeAsync();
    }

    private bool TakesConnections()
    {
        if (Process.HasExited)
            throw new InvalidOperationException($"the service has ended: {Output}");
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(IPAddress.Loopback, Port);
        return true;
    }
}
