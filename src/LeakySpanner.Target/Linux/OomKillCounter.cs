using System.Globalization;

namespace LeakySpanner.Target.Linux;

/// <summary>
/// How many processes of a control group the kernel has killed for want of memory: memory.events of v2, memory.oom_control of v1. Found
/// while the process lives, so that it can be read once it is dead.
/// </summary>
public sealed class OomKillCounter
{
    private const string Field = "oom_kill ";

    private readonly string _file;

    private OomKillCounter(string file) => _file = file;

    /// <summary>Null where no file can be read.</summary>
    /// <param name="pid">A living process.</param>
    /// <param name="root">Prefix of every path; a test's folder.</param>
    public static OomKillCounter? For(int pid, string root = "")
    {
        foreach (var group in new ControlGroups(root).Of(pid))
        {
            // Seen from inside a container the own group is the mount itself and may lack the file: then the one above has it.
            var counter = new OomKillCounter($"{root}{group.Folder}/{(group.Version == 2 ? "memory.events" : "memory.oom_control")}");
            if (counter.Read() is not null)
                return counter;
        }

        return null;
    }

    /// <summary>Of all groups and of none, since the machine started.</summary>
    public static OomKillCounter OfMachine() => new("/proc/vmstat");

    /// <summary>Since the group was made; null where it is gone.</summary>
    public long? Read()
    {
        if (ProcFile.TryReadText(_file, out var text) != ProcOutcome.Read)
            return null;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (line.StartsWith(Field) && long.TryParse(line[Field.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var count))
                return count;
        }

        return null;
    }
}
