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

    private AttachedProcess(TargetProcess target, PythonProcess python)
    {
        Target = target;
        Python = python;
        Command = target.CommandLine;
        _limit = target.ReadMemoryLimit();
    }

    public TargetProcess Target { get; }

    public PythonProcess Python { get; }

    public string Command { get; }

    /// <exception cref="TargetException">It cannot be attached to; the message says why and what to do.</exception>
    public static AttachedProcess Open(int pid)
    {
        var target = TargetProcess.Open(pid);
        try
        {
            return new AttachedProcess(target, PythonProcess.Attach(target));
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
        var service = ServiceName.Of(Command.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return new ProcessFacts(
            service.Name, Target.Pid, Command, Python.Description, service.Server ?? server, rss, _limit?.Limit, _limit?.Source);
    }

    public void Dispose() => Target.Dispose();
}
