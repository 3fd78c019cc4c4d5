using System.Globalization;
using LeakySpanner.Target;
using LeakySpanner.Target.Agent;

namespace LeakySpanner.Sessions.Sampling;

/// <summary>Runs a command with the agent in it and in all Python programs that it starts, and follows them to their ends.</summary>
internal sealed class RunSession : IDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);

    /// <summary>Programs that are followed: a build that starts thousands is no leak.</summary>
    private const int MostProcesses = 64;

    private readonly TimeProvider _clock;
    private readonly AgentFolder _folder;
    private readonly HashSet<string> _known = [];
    private readonly List<SampledProcess> _processes = [];
    private readonly Dictionary<string, string> _refused = [];
    private (int Pid, string Command) _started;

    private RunSession(TimeProvider clock, AgentFolder folder) => (_clock, _folder) = (clock, folder);

    public IReadOnlyList<SampledProcess> Processes => _processes;

    /// <summary>False while somebody looks at it in between.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Programs that were not followed because there were too many.</summary>
    public int Unfollowed { get; private set; }

    /// <summary>What was not as it should be, a line each: no room, no sampling of some process.</summary>
    public IEnumerable<string> Troubles => (_folder.Note is { } note ? [note] : Enumerable.Empty<string>()).Concat(_folder.Failures()).Concat(_refused.Values)
        .Concat(_processes.Where(process => process.Refusal is not null).Select(process => string.Create(CultureInfo.InvariantCulture, $"pid {process.Pid} was not sampled: {process.Refusal}")));

    public static RunSession Create(TimeProvider clock) => new(clock, AgentFolder.Create());

    /// <summary>Until the command has ended.</summary>
    /// <param name="command">Name or path, and arguments.</param>
    /// <param name="meanBytes">Between two samples.</param>
    /// <param name="written">Called when somebody asks for the state so far.</param>
    /// <param name="stop">Asks the command to end; it is waited for.</param>
    /// <returns>Its exit code.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> command, long meanBytes, Func<bool> isAskedFor, Action written, CancellationToken stop)
    {
        var library = AgentLibrary.Place();
        var preload = Environment.GetEnvironmentVariable("LD_PRELOAD");
        using var running = RunningCommand.Start(command, new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = string.IsNullOrEmpty(preload) ? library : $"{library}:{preload}",
            ["LEAKYSPANNER_AGENT"] = _folder.Path,
            ["LEAKYSPANNER_AGENT_MEAN"] = meanBytes.ToString(CultureInfo.InvariantCulture),
        });
        _started = (running.Pid, string.Join(' ', command));
        await using var ending = stop.Register(running.AskToEnd);
        await FollowWhileAsync(() => !running.HasEnded, isAskedFor, written).ConfigureAwait(false);
        Follow();
        HasEnded = true;
        return running.ExitCode;
    }

    /// <summary>Loads the agent into a process that runs, for a while, until it ends, or until we are stopped.</summary>
    /// <param name="process">CPython 3.14 or later.</param>
    /// <param name="meanBytes">Between two samples.</param>
    /// <param name="duration">Null: until it ends.</param>
    /// <param name="waits">Called where the process does not run Python for a while.</param>
    /// <param name="isAskedFor">Whether somebody wants the state so far.</param>
    /// <param name="written">Called then.</param>
    /// <param name="stop">Ends the sampling, not the process.</param>
    /// <exception cref="TargetException">The agent cannot be loaded.</exception>
    public async Task AttachAsync(
        AttachedProcess process, long meanBytes, TimeSpan? duration, Action waits, Func<bool> isAskedFor, Action written, CancellationToken stop)
    {
        var attachment = new AgentAttachment(process, _clock, _folder);
        _started = (process.Target.Pid, process.Command);
        await attachment.StartAsync(meanBytes, waits, stop).ConfigureAwait(false);
        var began = _clock.GetTimestamp();
        await FollowWhileAsync(
            () => process.Target.IsAlive && !stop.IsCancellationRequested && !(_clock.GetElapsedTime(began) >= duration), isAskedFor, written).ConfigureAwait(false);
        Follow();
        if (!await attachment.StopAsync().ConfigureAwait(false))
            _refused[""] = string.Create(CultureInfo.InvariantCulture, $"pid {process.Target.Pid} did not run Python when it was asked to stop sampling: it goes on with it, for nobody");
        Follow();
        HasEnded = true;
    }

    public void Dispose()
    {
        foreach (var process in _processes)
            process.Dispose();
        _folder.Dispose();
    }

    private async Task FollowWhileAsync(Func<bool> runs, Func<bool> isAskedFor, Action written)
    {
        using var timer = new PeriodicTimer(Pace, _clock);
        while (runs())
        {
            Follow();
            if (isAskedFor())
            {
                foreach (var process in _processes)
                    process.Mark();
                written();
            }

            await timer.WaitForNextTickAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private void Follow()
    {
        foreach (var path in _folder.Files())
        {
            if (!_known.Contains(path))
                Add(path);
        }

        // A stopwatch of the system's clock is CLOCK_MONOTONIC, which is the agent's.
        var now = _clock.GetElapsedTime(0);
        foreach (var process in _processes)
            process.Follow(now);
    }

    private void Add(string path)
    {
        if (_processes.Count == MostProcesses)
        {
            _known.Add(path);
            Unfollowed++;
            return;
        }

        try
        {
            using (var file = AgentFile.Open(path))
            {
                // Without tables behind the header.
                if (file.ReadCounts().Samples == 0 && AgentFolder.RefusalOf(file.State, file.PythonHex) is { } reason)
                {
                    _refused[path] = string.Create(CultureInfo.InvariantCulture, $"pid {file.Pid} was not sampled: {reason}");
                    _known.Add(path);
                    return;
                }
            }

            _processes.Add(SampledProcess.Open(path, pid => SampledFiles.CommandOf(pid) ?? (pid == _started.Pid ? _started.Command : "(ended)")));
            _known.Add(path);
        }
        catch (AgentFileException)
        {
            // Not whole yet; the next time.
        }
    }
}
