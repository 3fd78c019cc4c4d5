using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using LeakySpanner.Testing.Live;

namespace LeakySpanner.LiveTests;

/// <summary>Targets/metered_asgi.py under uvicorn, which calls leakyspanner(app), with metrics at a port of its own.</summary>
internal sealed partial class MeteredService : IAsyncDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly string _logs;
    private readonly ChildProcess _process;
    private readonly HttpClient _client = new() { Timeout = Bound };

    private MeteredService(ChildProcess process, string logs, int port, int metricsPort, string? key)
    {
        _process = process;
        _logs = logs;
        Application = new Uri($"http://127.0.0.1:{port}");
        Metrics = new Uri($"http://127.0.0.1:{metricsPort}");
        if (key is not null)
            _client.DefaultRequestHeaders.Add("X-API-Key", key);
    }

    public Uri Application { get; }

    public Uri Metrics { get; }

    public static async Task<MeteredService> StartAsync(string? key = null)
    {
        var logs = Directory.CreateTempSubdirectory("leakyspanner-logs-").FullName;
        var metricsPort = FreePort();
        var published = Environment.GetEnvironmentVariable("LEAKYSPANNER");
        var process = ChildProcess.Start(
            PythonService.Interpreter,
            ["-m", "uvicorn", "metered_asgi:app", "--host", "127.0.0.1", "--port", "0", "--no-access-log"],
            Path.Combine(AppContext.BaseDirectory, "Targets"),
            ("PYTHONPATH", Path.Combine(Checkout.Root, "python")), ("PYTHONDONTWRITEBYTECODE", "1"),
            ("LEAKYSPANNER_EXECUTABLE", string.IsNullOrEmpty(published) ? Path.Combine(AppContext.BaseDirectory, "leakyspanner") : published),
            ("LEAKYSPANNER_LOG_PATH", logs), ("LEAKYSPANNER_METRICS_PORT", $"{metricsPort}"), ("LEAKYSPANNER_API_KEY", key),

            // A program that was built and not published asks where .NET is: ROOT/shared/Microsoft.NETCore.App/VERSION.
            ("DOTNET_ROOT", Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", ".."))));
        try
        {
            var line = await process.WaitForLineAsync(RunningOn(), Bound);
            return new MeteredService(process, logs, int.Parse(line.Groups["port"].Value, CultureInfo.InvariantCulture), metricsPort, key);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public async Task KeepAsync(int bytes, int times)
    {
        for (var i = 0; i < times; i++)
            await _client.GetStringAsync(new Uri(Application, $"/keep/{bytes.ToString(CultureInfo.InvariantCulture)}"));
    }

    public Task<string> ReadMetricsAsync() => _client.GetStringAsync(new Uri(Metrics, "/metrics"));

    public async ValueTask DisposeAsync()
    {
        var sidecar = await SidecarAsync();
        _client.Dispose();
        await _process.DisposeAsync();

        // It writes its summary and ends by itself.
        if (sidecar is not null)
        {
            using (sidecar)
                await sidecar.WaitForExitAsync().WaitAsync(Bound);
        }

        Directory.Delete(_logs, recursive: true);
    }

    private async Task<Process?> SidecarAsync()
    {
        try
        {
            using var information = JsonDocument.Parse(await _client.GetStringAsync(new Uri(Metrics, "/api/debug/memory/process-info")));
            return Process.GetProcessById(information.RootElement.GetProperty("sidecar").GetProperty("pid").GetInt32());
        }
        catch (Exception e) when (e is HttpRequestException or ArgumentException or OperationCanceledException)
        {
            // There is none, which the test has said by now.
            return null;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex(@"Uvicorn running on http://127\.0\.0\.1:(?<port>\d+)")]
    private static partial Regex RunningOn();
}
