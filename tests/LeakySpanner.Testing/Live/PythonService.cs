using System.Globalization;
using System.Text.RegularExpressions;

namespace LeakySpanner.Testing.Live;

/// <summary>A service of samples/ under uvicorn, on a free port of the loopback interface.</summary>
public sealed partial class PythonService : IAsyncDisposable
{
    /// <summary>Debian's Python, which has FastAPI and uvicorn from apt; the one on PATH may be another.</summary>
    public const string Interpreter = "/usr/bin/python3";

    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(60);

    private PythonService(ChildProcess process, int port)
    {
        Process = process;
        Port = port;
    }

    public ChildProcess Process { get; }

    public int Pid => Process.Pid;

    public int Port { get; }

    public Uri Url => new($"http://127.0.0.1:{Port}");

    /// <summary>Starts a sample and returns once uvicorn has said that it answers.</summary>
    /// <param name="sample">The service.</param>
    /// <param name="arguments">More arguments for uvicorn.</param>
    public static Task<PythonService> StartAsync(Sample sample, params string[] arguments) => StartAsync(sample, 0, RunningOn(), arguments);

    /// <summary>Starts a sample with several workers behind one port. uvicorn does not say which port the kernel chose for them.</summary>
    public static Task<PythonService> StartWorkersAsync(Sample sample, int workers) =>
        StartAsync(sample, LoopbackPort.Free(), Complete(), "--workers", workers.ToString(CultureInfo.InvariantCulture));

    /// <summary>The arguments of the interpreter; port 0 lets the kernel choose.</summary>
    public static IReadOnlyList<string> CommandLine(int port = 0, params string[] arguments) =>
        ["-m", "uvicorn", "app.main:app", "--host", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture), .. arguments];

    public ValueTask DisposeAsync() => Process.DisposeAsync();

    private static async Task<PythonService> StartAsync(Sample sample, int port, Regex ready, params string[] arguments)
    {
        var process = ChildProcess.Start(Interpreter, CommandLine(port, arguments), sample.Home, ("PYTHONDONTWRITEBYTECODE", "1"));
        try
        {
            var line = await process.WaitForLineAsync(ready, LongestStart);
            return new PythonService(process, port != 0 ? port : int.Parse(line.Groups["port"].Value, CultureInfo.InvariantCulture));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    [GeneratedRegex(@"Uvicorn running on http://127\.0\.0\.1:(?<port>\d+)")]
    private static partial Regex RunningOn();

    [GeneratedRegex("Application startup complete")]
    private static partial Regex Complete();
}
