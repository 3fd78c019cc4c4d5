using LeakySpanner.CPython.Runtime;
using LeakySpanner.Model;
using LeakySpanner.Model.Findings;
using LeakySpanner.Target;
using LeakySpanner.Target.Linux;

namespace LeakySpanner.Sessions;

/// <summary>A process that is pinned, may be read, and runs a supported Python.</summary>
public sealed class AttachedProcess : IDisposable
{
    private readonly MemoryLimit? _limit;
    private readonly ContainerFacts? _container;
    private readonly int _innermostPid;
    private readonly ServiceName _service;

    private AttachedProcess(TargetProcess target, PythonProcess python)
    {
        Target = target;
        Python = python;
        Command = target.CommandLine;
        _limit = target.ReadMemoryLimit();
        _container = target.FindContainer();
        _innermostPid = target.ReadStatus().InnermostPid;
        Fate = new TargetFate(target, _limit);
        _service = NameOf(target);
    }

    public TargetProcess Target { get; }

    public PythonProcess Python { get; }

    public string Command { get; }

    /// <summary>Tells how it ended, once it has.</summary>
    public TargetFate Fate { get; }

    /// <exception cref="TargetException">It cannot be attached to; the message says why and what to do.</exception>
    public static AttachedProcess Open(int pid)
    {
        var target = TargetProcess.Open(pid);
        try
        {
            return new AttachedProcess(target, PythonAttachment.Attach(target));
        }
        catch
        {
            target.Dispose();
            throw;
        }
    }

    /// <summary>Null where it may not be known.</summary>
    public string? WorkingDirectory => Target.WorkingDirectory;

    public ByteSize? Limit => _limit?.Limit;

    /// <param name="rss">Resident memory at the end of the session.</param>
    /// <param name="server">The server as found in the heap, where the command line does not tell.</param>
    public ProcessFacts Facts(ByteSize rss, string? server = null)
    {
        return new ProcessFacts(
            _service.Name, Target.Pid, Command, Python.Description, _service.Server ?? server, rss, _limit?.Limit, _limit?.Source)
        {
            InnermostPid = _innermostPid > 0 ? _innermostPid : null,
            Container = _container,
        };
    }

    /// <summary>The command line of a worker that multiprocessing has spawned says nothing; that of its parent does.</summary>
    private static ServiceName NameOf(TargetProcess target)
    {
        var command = target.CommandLine;
        if (!command.Contains("multiprocessing", StringComparison.Ordinal))
            return ServiceName.Of(Words(command));
        try
        {
            using var parent = TargetProcess.Open(target.ReadStat().ParentPid);
            var service = ServiceName.Of(Words(parent.CommandLine));
            return service with { Name = "worker of " + service.Name };
        }
        catch (TargetException)
        {
            return ServiceName.Of(Words(command));
        }
    }

    private static string[] Words(string command) => command.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    public void Dispose() => Target.Dispose();
}
