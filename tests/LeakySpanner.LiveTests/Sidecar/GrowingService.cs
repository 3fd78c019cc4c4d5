using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using LeakySpanner.Testing.Live;

namespace LeakySpanner.LiveTests.Sidecar;

/// <summary>Targets/grows.py under uvicorn, with a sidecar of this build, and its log.</summary>
internal sealed partial class GrowingService : IAsyncDisposable
{
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(150);

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50);

    private readonly DirectoryInfo _folder;

    private GrowingService(DirectoryInfo folder, ChildProcess process, int port)
    {
        (_folder, Process) = (folder, process);
        Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
    }

    public ChildProcess Process { get; }

    public HttpClient Client { get; }

    /// <summary>What stands in the log so far.</summary>
    public string Log => string.Concat(Directory.Exists(LogFolder) ? Directory.GetFiles(LogFolder).Select(File.ReadAllText) : []);

    private string LogFolder => Path.Combine(_folder.FullName, "logs");

    public static async Task<GrowingService> StartAsync(string[] arguments, params (string Name, string Value)[] options)
    {
        var folder = Directory.CreateTempSubdirectory("leakyspanner-grows-");
        var port = FreePort();
        var process = ChildProcess.Start(
            PythonService.Interpreter,
            [
                "-m", "uvicorn", "grows:app", "--app-dir", Path.Combine(Checkout.Root, "tests", "LeakySpanner.LiveTests", "Targets"), "--no-access-log",
                "--host", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture), .. arguments,
            ],
            folder.FullName,
            [
                ("PYTHONPATH", Path.Combine(Checkout.Root, "python")), ("PYTHONDONTWRITEBYTECODE", "1"),
                ("LEAKYSPANNER_EXECUTABLE", Executable(folder)), ("LEAKYSPANNER_LOG_PATH", Path.Combine(folder.FullName, "logs")),
                ("LEAKYSPANNER_METRICS_PORT", "0"), ("LEAKYSPANNER_INTERVAL_SECONDS", "1"), .. options,
            ]);
        try
        {
            await process.WaitForLineAsync(Complete(), Bound);
            return new GrowingService(folder, process, port);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until the log holds a line.</summary>
    /// <exception cref="TimeoutException">It does not; holds the log.</exception>
    public async Task<Match> LoggedAsync(string pattern)
    {
        using var timeout = new CancellationTokenSource(Bound);
        using var timer = new PeriodicTimer(BetweenLooks);
        try
        {
            while (true)
            {
                if (Regex.Match(Log, pattern, RegexOptions.Multiline) is { Success: true } match)
                    return match;
                await timer.WaitForNextTickAsync(timeout.Token);
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"no line '{pattern}' in the log:\n{Log}\nthe service said:\n{Process.StandardOutput}\n{Process.StandardError}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Process.DisposeAsync();

        // The sidecar writes its summary once the service has ended; it must not find its folder gone.
        await LoggedAsync("(?i)session.summary");
        _folder.Delete(recursive: true);
    }

    private static string Executable(DirectoryInfo folder)
    {
        if (Environment.GetEnvironmentVariable("LEAKYSPANNER") is { Length: > 0 } published)
            return published;
        var script = Path.Combine(folder.FullName, "leakyspanner");
        File.WriteAllText(script, $"#!/bin/sh\nexec '{Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet"}' '{Path.Combine(AppContext.BaseDirectory, "leakyspanner.dll")}' \"$@\"\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return script;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex("Application startup complete")]
    private static partial Regex Complete();
}
