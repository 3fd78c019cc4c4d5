using System.Globalization;
using LeakySpanner.Reports;
using LeakySpanner.Target;
using LeakySpanner.Target.Linux;

namespace LeakySpanner.Sessions;

/// <summary>From what the user said to processes that are attached to, and a command to stop if we started it.</summary>
public sealed class TargetSelection : IAsyncDisposable
{
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan StartPoll = TimeSpan.FromMilliseconds(50);

    private readonly StartedCommand? _started;

    private TargetSelection(IReadOnlyList<AttachedProcess> processes, StartedCommand? started)
    {
        Processes = processes;
        _started = started;
    }

    /// <summary>At least one.</summary>
    public IReadOnlyList<AttachedProcess> Processes { get; }

    /// <summary>Known once the command that we started has ended by itself.</summary>
    public int? StartedExitCode => _started?.ExitCode;

    /// <param name="choice">What the user said.</param>
    /// <param name="ask">Lets a person choose among several; null where nobody can be asked.</param>
    /// <param name="clock">The time.</param>
    /// <param name="stop">Ends the wait for a command to start.</param>
    /// <exception cref="TargetException">None matches, several match and nobody can be asked, or one cannot be attached to.</exception>
    public static async Task<TargetSelection> ResolveAsync(
        TargetChoice choice, Func<IReadOnlyList<ProcessCandidate>, int>? ask, TimeProvider clock, CancellationToken stop)
    {
        if (choice.IsCommand)
            return await StartAsync(choice, clock, stop).ConfigureAwait(false);
        if (choice.Pid is { } pid)
            return new TargetSelection(choice.All ? OpenFamily(pid) : [AttachedProcess.Open(pid)], null);
        var candidates = choice.Port is { } port ? ProcessFinder.ByPort(port) : ProcessFinder.ByName(choice.Name!);
        if (candidates.IsEmpty)
            throw NoneMatches(choice);
        return new TargetSelection(Choose(choice, candidates, ask), null);
    }

    /// <summary>Whom a choice means, whether or not they can be attached to.</summary>
    /// <exception cref="TargetException">None matches.</exception>
    public static IReadOnlyList<int> PidsOf(TargetChoice choice)
    {
        if (choice.Pid is { } pid)
            return choice.All ? [pid, .. ProcessFinder.Descendants(pid).Select(child => child.Pid)] : [pid];
        var candidates = choice.Port is { } port ? ProcessFinder.ByPort(port) : ProcessFinder.ByName(choice.Name!);
        return candidates.IsEmpty ? throw NoneMatches(choice) : [.. candidates.Select(candidate => candidate.Pid)];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Processes)
            process.Dispose();
        if (_started is not null)
            await _started.DisposeAsync().ConfigureAwait(false);
    }

    private static List<AttachedProcess> Choose(
        TargetChoice choice, IReadOnlyList<ProcessCandidate> candidates, Func<IReadOnlyList<ProcessCandidate>, int>? ask)
    {
        if (candidates.Count == 1)
            return [AttachedProcess.Open(candidates[0].Pid)];

        var attached = OpenEach(candidates);
        if (attached.Count == 1 || choice.All)
            return attached;
        var pids = attached.Select(process => process.Target.Pid).ToHashSet();
        var usable = candidates.Where(candidate => pids.Contains(candidate.Pid)).ToList();
        var chosen = ask?.Invoke(usable);
        foreach (var process in attached.Where(process => process.Target.Pid != chosen))
            process.Dispose();
        return chosen is null
            ? throw SeveralMatch(choice, usable)
            : attached.FindAll(process => process.Target.Pid == chosen);
    }

    /// <summary>Those that can be attached to; launchers and shells that merely match are left out.</summary>
    private static List<AttachedProcess> OpenEach(IReadOnlyList<ProcessCandidate> candidates)
    {
        var attached = new List<AttachedProcess>();
        TargetException? trouble = null;
        foreach (var candidate in candidates)
        {
            try
            {
                attached.Add(AttachedProcess.Open(candidate.Pid));
            }
            catch (TargetException exception)
            {
                // A refusal tells the user more than "not Python", which a shell around the server is expected to be.
                if (trouble is null || trouble.Failure == TargetFailure.NotPython)
                    trouble = exception;
            }
        }

        return attached.Count > 0 ? attached : throw trouble!;
    }

    private static List<AttachedProcess> OpenFamily(int pid)
    {
        var family = new List<AttachedProcess> { AttachedProcess.Open(pid) };
        foreach (var worker in ProcessFinder.Descendants(pid))
        {
            try
            {
                family.Add(AttachedProcess.Open(worker.Pid));
            }
            catch (TargetException exception) when (exception.Failure is TargetFailure.NotPython or TargetFailure.Gone or TargetFailure.NoSuchProcess)
            {
                // Helpers of a server need not be Python.
            }
        }

        return family;
    }

    private static async Task<TargetSelection> StartAsync(TargetChoice choice, TimeProvider clock, CancellationToken stop)
    {
        var started = StartedCommand.Start(choice.Command);
        try
        {
            var process = await AttachWhenReadyAsync(started, choice, clock, stop).ConfigureAwait(false);
            await Settling.WaitAsync(process.Target, clock, stop).ConfigureAwait(false);
            return new TargetSelection([process], started);
        }
        catch
        {
            await started.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>A command is not Python from its first instruction; and it may be a launcher whose child is.</summary>
    private static async Task<AttachedProcess> AttachWhenReadyAsync(
        StartedCommand started, TargetChoice choice, TimeProvider clock, CancellationToken stop)
    {
        var begin = clock.GetTimestamp();
        using var timer = new PeriodicTimer(StartPoll, clock);
        while (true)
        {
            await timer.WaitForNextTickAsync(stop).ConfigureAwait(false);
            if (started.ExitCode is { } code)
                throw new TargetException(TargetFailure.Gone, EndedEarly(choice.Command[0], code));
            try
            {
                return AttachToAny([started.Pid, .. ProcessFinder.Descendants(started.Pid).Select(child => child.Pid)]);
            }
            catch (TargetException exception) when (
                exception.Failure is TargetFailure.NotPython or TargetFailure.Gone or TargetFailure.NoSuchProcess
                && clock.GetElapsedTime(begin) < LongestStart)
            {
                // Not yet.
            }
        }
    }

    private static AttachedProcess AttachToAny(IEnumerable<int> pids)
    {
        TargetException? trouble = null;
        foreach (var pid in pids)
        {
            try
            {
                return AttachedProcess.Open(pid);
            }
            catch (TargetException exception)
            {
                trouble ??= exception;
            }
        }

        throw trouble!;
    }

    private static string EndedEarly(string command, int code) => code switch
    {
        126 or 127 => $"'{command}' cannot be started (exit code {code}): give its whole path, or check that it is installed",
        _ => $"'{command}' ended with exit code {code} before it could be watched: start it by hand to see why",
    };

    private static TargetException NoneMatches(TargetChoice choice) => new(TargetFailure.NoneMatches, choice.Port is { } port
        ? $"nobody listens on port {port} (as far as may be seen): check with `ss -ltnp`, run as the service's user or with sudo, or use --pid"
        : $"no process matches '{choice.Name}': try a glob such as '*{choice.Name}*', or find the pid with `pgrep -af python`");

    private static TargetException SeveralMatch(TargetChoice choice, List<ProcessCandidate> candidates) => new(
        TargetFailure.SeveralMatch,
        string.Create(CultureInfo.InvariantCulture, $"{candidates.Count} processes match {choice}: choose one with --pid, or add --all")
        + string.Concat(candidates.Select(candidate => "\n  " + Describe(candidate))));

    public static string Describe(ProcessCandidate candidate)
    {
        const int Longest = 100;
        var command = new string([.. candidate.Command.Select(character => char.IsControl(character) ? '?' : character)]);
        // Containers made from one image have processes of one command line.
        var place = ContainerIdentity.For(candidate.Pid) is { } container ? $"  ({PlaceText.Of(container)})" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{candidate.Pid,8}  {(command.Length > Longest ? command[..Longest] + "..." : command)}{place}");
    }
}
