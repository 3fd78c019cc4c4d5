using System.Globalization;
using System.Text.Json;
using LeakySpanner.CPython.Runtime;
using LeakySpanner.Target;
using LeakySpanner.Target.Linux;

namespace LeakySpanner.Sessions.Sampling;

/// <summary>
/// The agent in a process that runs already: its interpreter is asked to load it (CPython 3.14 and later), and in the end to put everything back.
/// What stays is a library that nothing calls.
/// </summary>
internal sealed class AgentAttachment
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);

    /// <summary>Once it has begun with the script.</summary>
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(30);

    /// <summary>A program that waits for something does not run Python; after so long we say what we wait for, or give up.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private const string Answer = "answer";

    private readonly AttachedProcess _process;
    private readonly TimeProvider _clock;
    private readonly AgentFolder _folder;
    private readonly string _library = AgentLibrary.Place();

    /// <exception cref="TargetException">The process cannot open what we lay down for it, or is sampled already.</exception>
    public AgentAttachment(AttachedProcess process, TimeProvider clock, AgentFolder folder)
    {
        (_process, _clock, _folder) = (process, clock, folder);
        var target = process.Target;
        if (!target.CanOpen(_library) || !target.CanOpen(folder.Path))
            throw new TargetException(TargetFailure.NotPermitted,
                $"process {target.Pid} does not see our files (another user, or a container): run this as its user and where it runs, or call leakyspanner(app) in it");
        // The same file is loaded once, however often it is asked for; its path may look different from here.
        var inode = FileOwner.TryRead(_library, out var ours) ? ours.Inode : 0;
        if (target.ReadRegions().Any(region => region.Inode != inode && AgentLibrary.IsName(Path.GetFileName(region.Path))))
            throw IsSampled();
    }

    /// <param name="meanBytes">Between two samples.</param>
    /// <param name="waits">Called once where the process does not run Python for a while.</param>
    /// <param name="stop">Withdraws the request.</param>
    /// <exception cref="TargetException">It cannot be asked, has ended, or cannot load it.</exception>
    public async Task StartAsync(long meanBytes, Action waits, CancellationToken stop)
    {
        var answer = await AskAsync($"leakyspanner_agent_start({Literal(_folder.Path)}.encode(), ctypes.c_ulong({meanBytes.ToString(CultureInfo.InvariantCulture)}))", waits, stop).ConfigureAwait(false);
        if (answer == "0" && !_folder.Files().Any())
            throw IsSampled();
        // -1: it has left a file that says why.
        if (answer is not ("0" or "-1"))
            throw new TargetException(TargetFailure.NotSupported, $"process {_process.Target.Pid} could not load the agent: {answer ?? "it does not answer"}");
    }

    /// <summary>Gives up where the process does not run Python.</summary>
    /// <returns>Whether sampling has ended.</returns>
    public async Task<bool> StopAsync()
    {
        if (!_process.Target.IsAlive)
            return true;
        using var patience = new CancellationTokenSource(Patience, _clock);
        try
        {
            return await AskAsync("leakyspanner_agent_stop()", () => { }, patience.Token).ConfigureAwait(false) is not null;
        }
        catch (Exception exception) when (exception is OperationCanceledException or TargetException)
        {
            return false;
        }
    }

    /// <returns>What the function said, or what went wrong there; null where it does not answer.</returns>
    private async Task<string?> AskAsync(string call, Action waits, CancellationToken stop)
    {
        var script = Path.Combine(_folder.Path, "script.py");
        var answer = Path.Combine(_folder.Path, Answer);
        File.Delete(answer);
        await File.WriteAllTextAsync(script, $"""
            import ctypes, os
            try:
                answer = ctypes.PyDLL({Literal(_library)}).{call}
            except BaseException as error:
                answer = type(error).__name__ + ": " + str(error)
            with open({Literal(answer)} + "~", "w") as file:
                file.write(str(answer))
            os.rename({Literal(answer)} + "~", {Literal(answer)})
            """, stop).ConfigureAwait(false);

        var request = RemoteScript.Ask(_process.Python, _process.Target, script);
        using var timer = new PeriodicTimer(Pace, _clock);
        var began = _clock.GetTimestamp();
        try
        {
            for (var told = false; !request.IsTaken; await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
            {
                EnsureLives();
                if (told || _clock.GetElapsedTime(began) < Patience)
                    continue;
                waits();
                told = true;
            }
        }
        finally
        {
            request.Withdraw();
        }

        for (began = _clock.GetTimestamp(); !File.Exists(answer); await timer.WaitForNextTickAsync(CancellationToken.None).ConfigureAwait(false))
        {
            EnsureLives();
            if (_clock.GetElapsedTime(began) > LongestAnswer)
                return null;
        }

        return await File.ReadAllTextAsync(answer, CancellationToken.None).ConfigureAwait(false);
    }

    private void EnsureLives()
    {
        if (!_process.Target.IsAlive)
            throw new TargetException(TargetFailure.Gone, $"process {_process.Target.Pid} has ended");
    }

    private TargetException IsSampled() => new(
        TargetFailure.NotSupported, $"process {_process.Target.Pid} has an agent already (`leakyspanner run`, or leakyspanner(app)), which reports there");

    /// <summary>Python reads JSON's texts as its own.</summary>
    private static string Literal(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
