using LeakySpanner.Target;

namespace LeakySpanner.Sessions;

/// <summary>What stays of a worker when it has ended: who started it, and by which command line.</summary>
internal sealed class WorkerPlace : IDisposable
{
    private readonly TargetProcess _parent;
    private readonly string _command;

    private WorkerPlace(TargetProcess parent, string command) => (_parent, _command) = (parent, command);

    /// <summary>False once nobody is there who could start another one.</summary>
    public bool IsKept => _parent.IsUnchanged;

    /// <summary>Null where its parent may not be known, or is ourselves: we start a command once.</summary>
    public static WorkerPlace? Of(TargetProcess worker)
    {
        try
        {
            var parent = worker.ReadStat().ParentPid;
            return parent == Environment.ProcessId ? null : new WorkerPlace(TargetProcess.Observe(parent), Shape(worker.CommandLine));
        }
        catch (TargetException)
        {
            return null;
        }
    }

    /// <summary>Children of the same parent with the same command line, the oldest first.</summary>
    /// <param name="age">Which they may have at most, as of now.</param>
    public IReadOnlyList<int> FindYounger(Func<TimeSpan> age)
    {
        var found = new List<(TimeSpan Age, int Pid)>();
        foreach (var pid in _parent.ReadChildren())
        {
            try
            {
                using var child = TargetProcess.Observe(pid);
                if (child.ReadAge() is { } its && its <= age() && Shape(child.CommandLine) == _command)
                    found.Add((its, pid));
            }
            catch (TargetException)
            {
                // Gone already.
            }
        }

        return [.. found.OrderByDescending(child => child.Age).Select(child => child.Pid)];
    }

    public void Dispose() => _parent.Dispose();

    /// <summary>Numbers apart: multiprocessing's workers are told their descriptors on the command line.</summary>
    private static string Shape(string command) => string.Concat(command.Where(character => !char.IsAsciiDigit(character)));
}
