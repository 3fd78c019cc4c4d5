using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace LeakySpanner.Testing.Live;

/// <summary>
/// A process that a test started: its output is drained and kept, lines of it can be waited for, and it is gone when the
/// test ends, or at the latest when the test run does.
/// </summary>
public sealed class ChildProcess : IAsyncDisposable
{
    /// <summary>What a process may take to end once it was asked to.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private static readonly ConcurrentDictionary<ChildProcess, byte> Running = new();

    private readonly Process _process;
    private readonly Output _output;
    private readonly Output _error;

    static ChildProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var child in Running.Keys)
            child.Kill();
    };

    private ChildProcess(Process process)
    {
        _process = process;
        _output = new Output(process.StandardOutput);
        _error = new Output(process.StandardError);
        Running.TryAdd(this, 0);
    }

    public int Pid => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Everything printed so far.</summary>
    public string StandardOutput => _output.Text;

    public string StandardError => _error.Text;

    public static ChildProcess Start(string file, IEnumerable<string> arguments, string? folder = null, params (string Name, string? Value)[] environment)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = folder ?? Checkout.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{file} did not start");
        process.StandardInput.Close();
        return new ChildProcess(process);
    }

    /// <summary>The first line of either stream that matches.</summary>
    /// <exception cref="InvalidOperationException">The process ended, or the bound passed, without such a line; holds what was printed.</exception>
    public async Task<Match> WaitForLineAsync(Regex pattern, TimeSpan bound)
    {
        using var timeout = new CancellationTokenSource(bound);
        using var found = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token);
        var first = await Task.WhenAny(_output.FindAsync(pattern, found.Token), _error.FindAsync(pattern, found.Token));
        if (await first is not { } match)
        {
            // One stream ended without it; the other may still bring it.
            match = await _output.FindAsync(pattern, found.Token) ?? await _error.FindAsync(pattern, found.Token);
        }

        await found.CancelAsync();
        return match ?? throw new InvalidOperationException(
            $"no line '{pattern}' from pid {Pid} {(HasExited ? "which has ended" : $"within {bound.TotalSeconds} s")}:\n{StandardOutput}\n{StandardError}");
    }

    /// <summary>Waits for the end and for the last byte of output.</summary>
    /// <exception cref="TimeoutException">It still runs; holds what was printed.</exception>
    public async Task<int> WaitForExitAsync(TimeSpan bound)
    {
        using var timeout = new CancellationTokenSource(bound);
        try
        {
            await _process.WaitForExitAsync(timeout.Token);
            await Task.WhenAll(_output.Ended, _error.Ended).WaitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"pid {Pid} still runs after {bound.TotalSeconds} s:\n{StandardOutput}\n{StandardError}");
        }

        return _process.ExitCode;
    }

    /// <param name="signal">"INT", "TERM", "STOP", "CONT", "KILL".</param>
    public void Signal(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{Pid}"]);
        kill.WaitForExit();
    }

    public async ValueTask DisposeAsync()
    {
        Running.TryRemove(this, out _);
        if (!HasExited)
        {
            Signal("CONT");
            Signal("TERM");
            try
            {
                await WaitForExitAsync(Grace);
            }
            catch (TimeoutException)
            {
                Kill();
            }
        }

        _process.Dispose();
    }

    private void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended in the meantime.
        }
    }

    /// <summary>One stream, read as it comes so that the process never waits for us.</summary>
    private sealed class Output
    {
        /// <summary>Access logs under load are long; the beginning holds the handshake and the first error.</summary>
        private const int MostLines = 20_000;

        private readonly Lock _lock = new();
        private readonly List<string> _lines = [];
        private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Output(StreamReader reader) => Ended = Task.Run(() => ReadAsync(reader));

        public Task Ended { get; }

        public string Text
        {
            get
            {
                lock (_lock)
                    return string.Join('\n', _lines);
            }
        }

        public async Task<Match?> FindAsync(Regex pattern, CancellationToken stop)
        {
            for (var next = 0; ;)
            {
                Task changed;
                lock (_lock)
                {
                    for (; next < _lines.Count; next++)
                    {
                        if (pattern.Match(_lines[next]) is { Success: true } match)
                            return match;
                    }

                    if (Ended.IsCompleted || stop.IsCancellationRequested)
                        return null;
                    changed = _changed.Task;
                }

                await Task.WhenAny(changed, Ended, Task.Delay(Timeout.Infinite, stop));
                if (Ended.IsCompleted)
                    continue;
            }
        }

        private async Task ReadAsync(StreamReader reader)
        {
            while (await reader.ReadLineAsync() is { } line)
            {
                TaskCompletionSource changed;
                lock (_lock)
                {
                    if (_lines.Count >= MostLines)
                        continue;
                    _lines.Add(line);
                    changed = _changed;
                    _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                }

                changed.SetResult();
            }
        }
    }
}
