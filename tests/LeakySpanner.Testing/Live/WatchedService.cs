using System.Diagnostics;

namespace LeakySpanner.Testing.Live;

/// <summary>A service, whose application may call leakyspanner(app), with a log folder and a metrics port of its own.</summary>
public sealed class WatchedService : IAsyncDisposable
{
    /// <summary>For everything that a process of ours does on a busy machine.</summary>
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(40);

    private WatchedService(WebService service, string logs, int metricsPort)
    {
        Service = service;
        Logs = logs;
        MetricsPort = metricsPort;
    }

    public WebService Service { get; }

    /// <summary>The folder of the log.</summary>
    public string Logs { get; }

    public int MetricsPort { get; }

    /// <param name="server">And how it is called.</param>
    /// <param name="application">"module:attribute".</param>
    /// <param name="folder">Where the module lies.</param>
    /// <param name="executable">The sidecar's program.</param>
    /// <param name="environment">More, or other, than the settings that keep services apart.</param>
    public static async Task<WatchedService> StartAsync(
        WebServer server, string application, string folder, string executable, params (string Name, string? Value)[] environment)
    {
        var logs = Directory.CreateTempSubdirectory("leakyspanner-logs-").FullName;
        var port = LoopbackPort.Free();
        try
        {
            // A program that was built and not published asks where .NET is.
            var service = await WebService.StartAsync(server, application, folder,
            [
                ("LEAKYSPANNER_EXECUTABLE", executable), ("LEAKYSPANNER_LOG_PATH", logs), ("LEAKYSPANNER_METRICS_PORT", $"{port}"),
                ("DOTNET_ROOT", DotnetRoot), .. environment,
            ]);
            return new WatchedService(service, logs, port);
        }
        catch
        {
            Directory.Delete(logs, recursive: true);
            throw;
        }
    }

    /// <summary>Those that run; a service has one, and for a moment while it starts perhaps two.</summary>
    public IReadOnlyList<SidecarProcess> Sidecars() => SidecarProcess.WithLogsIn(Logs);

    /// <summary>Waits until one sidecar runs, answers, and knows so many workers.</summary>
    public Task<SidecarProcess> SidecarAsync(int workers = 1) => Eventually.GetAsync(
        async () => Sidecars() is [var only] && (await only.WorkersAsync()).Count == workers ? only : null,
        Bound,
        () => $"one sidecar that knows {workers} workers; there are {Sidecars().Count} sidecars\n{Service.Output}\n{Log()}");

    /// <summary>The whole log, or nothing where there is none.</summary>
    public string Log() => Directory.Exists(Logs)
        ? string.Concat(Directory.GetFiles(Logs).Order(StringComparer.Ordinal).Select(File.ReadAllText))
        : "";

    /// <summary>Stops the service as its owner would, and waits until it and its sidecar have ended.</summary>
    public async Task StopAsync(string signal = "TERM")
    {
        if (!Service.Process.HasExited)
            Service.Process.Signal(signal);
        await Service.Process.WaitForExitAsync(Bound);
        await Eventually.BecomesTrueAsync(() => Sidecars().Count == 0, Bound, () => $"the sidecar ends\n{Service.Output}\n{Log()}");
    }

    public async ValueTask DisposeAsync()
    {
        var workers = Service.Process.HasExited ? [] : Processes.Descendants(Service.Process.Pid);
        var sidecars = Sidecars().Select(sidecar => sidecar.Pid).ToArray();
        await Service.DisposeAsync();
        foreach (var pid in workers.Where(Processes.Lives))
            Kill(pid);

        // It ends by itself; a test that stopped it, or one that failed, is not to leave it behind.
        try
        {
            await Eventually.BecomesTrueAsync(() => !sidecars.Any(Processes.Lives), TimeSpan.FromSeconds(20), () => "");
        }
        catch (TimeoutException)
        {
            foreach (var pid in sidecars.Where(Processes.Lives))
                Kill(pid);
        }

        Directory.Delete(Logs, recursive: true);
    }

    /// <summary>Where this very process has its runtime from: ROOT/shared/Microsoft.NETCore.App/VERSION.</summary>
    private static string DotnetRoot => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", ".."));

    private static void Kill(int pid)
    {
        using var kill = Process.Start("kill", ["-KILL", $"{pid}"]);
        kill.WaitForExit();
    }
}
