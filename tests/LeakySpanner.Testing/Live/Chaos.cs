using System.Diagnostics;

namespace LeakySpanner.Testing.Live;

/// <summary>What happens to the sidecar.</summary>
public enum Mishap
{
    /// <summary>Nothing, for comparison.</summary>
    None,
    Killed,

    /// <summary>SIGSTOP: it neither answers nor ends.</summary>
    Stopped,
    Missing,
    NotExecutable,

    /// <summary>Nothing can be written where the log is.</summary>
    LogDiskFull,

    /// <summary>Nothing can be written where the shared memory is.</summary>
    SharedMemoryFull,
}

/// <param name="Load">The answers.</param>
/// <param name="Lasted">Of the load.</param>
/// <param name="Output">Of the service.</param>
/// <param name="Warnings">Lines in it that are ours.</param>
public sealed record ChaosReport(ExactLoadResult Load, TimeSpan Lasted, string Output, IReadOnlyList<string> Warnings);

/// <summary>An application under load whose sidecar meets with a mishap: every answer is compared with what the application says without us.</summary>
public static class Chaos
{
    private const string Host = "Host: shop.test\r\n";

    /// <summary>Without date and server, answers are the same for ever.</summary>
    private static readonly string[] Options = ["--no-date-header", "--no-server-header"];

    /// <summary>One of each kind, over a connection that stays open.</summary>
    private static readonly string[] Requests =
    [
        $"GET /json HTTP/1.1\r\n{Host}\r\n",
        $"GET /items/7?limit=2 HTTP/1.1\r\n{Host}\r\n",
        $"GET /stream HTTP/1.1\r\n{Host}\r\n",
        $"POST /echo HTTP/1.1\r\n{Host}Content-Type: text/plain\r\nContent-Length: 1000\r\n\r\n{new string('e', 1000)}",
        $"GET /cookies HTTP/1.1\r\n{Host}Cookie: visits=41\r\n\r\n",
        $"GET /items/seven HTTP/1.1\r\n{Host}\r\n",
        $"GET /nothing/here HTTP/1.1\r\n{Host}\r\n",
        $"GET /inner/hello/you HTTP/1.1\r\n{Host}\r\n",
        $"GET /text HTTP/1.1\r\n{Host}\r\n",
    ];

    /// <summary>Once for all mishaps: it is always the same application.</summary>
    private static IReadOnlyList<KnownAnswer>? _known;

    /// <param name="mishap">A quarter through the load, or from the start.</param>
    /// <param name="folder">Of every_response.py.</param>
    /// <param name="executable">The sidecar's program.</param>
    /// <param name="requests">At least.</param>
    /// <param name="stopped">How long a stopped sidecar stays stopped; the load goes on for as long.</param>
    public static async Task<ChaosReport> RunAsync(Mishap mishap, string folder, string executable, int requests, TimeSpan stopped)
    {
        var known = _known ??= await LearnAsync(folder, executable);
        var full = Directory.CreateTempSubdirectory("leakyspanner-full-").FullName;
        try
        {
            var program = mishap switch
            {
                Mishap.Missing => "/nowhere/leakyspanner",
                Mishap.NotExecutable => Path.Combine(folder, "every_response.py"),
                _ => executable,
            };
            var server = WebServer.Uvicorn(Options) with
            {
                Launcher = mishap switch
                {
                    Mishap.LogDiskFull => FullDisk.At(full),
                    Mishap.SharedMemoryFull => FullDisk.At("/dev/shm"),
                    _ => [],
                },
            };
            var environment = new List<(string, string?)> { ("SHIM", "1"), ("FOLDER", folder), ("LEAKYSPANNER_EXECUTABLE", program), ("LEAKYSPANNER_INTERVAL_SECONDS", "1") };
            if (mishap == Mishap.LogDiskFull)
                environment.Add(("LEAKYSPANNER_LOG_PATH", full));
            await using var watched = await WatchedService.StartAsync(server, "every_response:app", folder, executable, [.. environment]);
            return await DriveAsync(watched, mishap, known, requests, stopped);
        }
        finally
        {
            Directory.Delete(full, recursive: true);
        }
    }

    private static async Task<IReadOnlyList<KnownAnswer>> LearnAsync(string folder, string executable)
    {
        await using var plain = await WatchedService.StartAsync(WebServer.Uvicorn(Options), "every_response:app", folder, executable, ("SHIM", null), ("FOLDER", folder));
        return await ExactLoad.LearnAsync(plain.Service.Port, Requests);
    }

    private static async Task<ChaosReport> DriveAsync(WatchedService watched, Mishap mishap, IReadOnlyList<KnownAnswer> known, int requests, TimeSpan stopped)
    {
        // Those that are to be hurt have to be there; the others are on their way, or never come.
        var sidecar = mishap is Mishap.None or Mishap.Killed or Mishap.Stopped ? await watched.SidecarAsync() : null;
        var load = new ExactLoad(watched.Service.Port, known, requests);
        var until = HurtAsync(mishap, sidecar, load, stopped);
        var watch = Stopwatch.StartNew();
        var result = await load.RunAsync(connections: 8, until);
        var lasted = watch.Elapsed;
        await until;
        var output = watched.Service.Output;
        return new ChaosReport(result, lasted, output, [.. output.Split('\n').Where(line => line.Contains("leakyspanner:", StringComparison.OrdinalIgnoreCase))]);
    }

    private static async Task HurtAsync(Mishap mishap, SidecarProcess? sidecar, ExactLoad load, TimeSpan stopped)
    {
        await load.Quarter;
        if (mishap == Mishap.Killed)
        {
            Signal(sidecar!, "KILL");
            await Eventually.BecomesTrueAsync(() => !Processes.Lives(sidecar!.Pid), WatchedService.Bound, () => "the sidecar is gone");
        }
        else if (mishap == Mishap.Stopped)
        {
            Signal(sidecar!, "STOP");
            await Eventually.BecomesTrueAsync(() => Processes.State(sidecar!.Pid) == 'T', WatchedService.Bound, () => "the sidecar has stopped");
            await Task.Delay(stopped);
            Signal(sidecar!, "CONT");
        }
    }

    private static void Signal(SidecarProcess sidecar, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{sidecar.Pid}"]);
        kill.WaitForExit();
    }
}
