using System.Globalization;
using System.Text.RegularExpressions;

namespace LeakySpanner.Testing.Live;

/// <summary>A service of samples/ under uvicorn, on a port that the kernel chose. It is ready when the constructor's task is.</summary>
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

    /// <summary>Starts a sample and returns once uvicorn has said on which port it listens.</summary>
    /// <param name="sample">The service.</param>
    /// <param name="arguments">More arguments for uvicorn, such as --workers 2.</param>
    public static async Task<PythonService> StartAsync(Sample sample, params string[] arguments)
    {
        var process = ChildProcess.Start(Interpreter, CommandLine(arguments), sample.Home, ("PYTHONDONTWRITEBYTECODE", "1"));
        try
        {
            var line = await process.WaitForLineAsync(RunningOn(), LongestStart);
            if (arguments.Contains("--workers"))
                await process.WaitForLineAsync(Ready(), LongestStart);
            return new PythonService(process, int.Parse(line.Groups["port"].Value, CultureInfo.InvariantCulture));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>The arguments of the interpreter; the port is free to be chosen by the kernel.</summary>
    public static IReadOnlyList<string> CommandLine(params string[] arguments) =>
        ["-m", "uvicorn", "app.main:app", "--host", "127.0.0.1", "--port", "0", .. arguments];

    public ValueTask DisposeAsync() => Process.DisposeAsync();

    [GeneratedRegex(@"Uvicorn running on http://127\.0\.0\.1:(?<port>\d+)")]
    private static partial Regex RunningOn();

    [GeneratedRegex("Application startup complete")]
    private static partial Regex Ready();
}
