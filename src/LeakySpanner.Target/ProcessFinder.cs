using System.Collections.Immutable;
using System.Globalization;
using LeakySpanner.Target.Linux;

namespace LeakySpanner.Target;

/// <summary>Finds processes by what people know of them: a port, a name. Several answers are the rule for servers with workers.</summary>
public static class ProcessFinder
{
    /// <summary>Who listens on a TCP port, in any network namespace that we may look into; workers share a socket and are all told.</summary>
    /// <returns>By pid; empty if nobody does, or nobody whose descriptors we may see.</returns>
    public static ImmutableArray<ProcessCandidate> ByPort(int port, string procRoot = "/proc")
    {
        var list = new ProcessList(procRoot);
        var listening = new Dictionary<string, HashSet<long>>();
        var found = ImmutableArray.CreateBuilder<ProcessCandidate>();
        foreach (var (pid, stat) in list.Read())
        {
            var folder = list.Folder(pid);
            var space = ProcFolder.ReadLink(folder + "/ns/net") ?? "";
            if (!listening.TryGetValue(space, out var inodes))
            {
                listening[space] = inodes = [.. SocketTable.Read(folder).Values
                    .Where(socket => socket.State == TcpState.Listen && socket.Local.Port == port)
                    .Select(socket => socket.Inode)];
            }

            if (inodes.Count > 0 && HoldsAny(folder, inodes))
                found.Add(Candidate(folder, pid, stat));
        }

        return found.DrainToImmutable();
    }

    /// <summary>
    /// Whose comm, program (with or without its folder) or whole command line matches a pattern of * and ?. We ourselves
    /// are never among them: our own command line contains the pattern.
    /// </summary>
    public static ImmutableArray<ProcessCandidate> ByName(string pattern, string procRoot = "/proc")
    {
        var list = new ProcessList(procRoot);
        var found = ImmutableArray.CreateBuilder<ProcessCandidate>();
        foreach (var (pid, stat) in list.Read())
        {
            if (pid == Environment.ProcessId)
                continue;
            var arguments = ProcessList.ReadArguments(list.Folder(pid));
            if (Glob.IsMatch(pattern, stat.Name)
                || (arguments.Length > 0 && (Glob.IsMatch(pattern, arguments[0]) || Glob.IsMatch(pattern, Path.GetFileName(arguments[0]))))
                || Glob.IsMatch(pattern, string.Join(' ', arguments)))
                found.Add(Candidate(list.Folder(pid), pid, stat));
        }

        return found.DrainToImmutable();
    }

    /// <summary>Processes that /proc shows us, kernel threads among them.</summary>
    public static int CountVisible(string procRoot = "/proc") => ProcFolder.Numbers(procRoot, ProcLimits.MaxProcesses).Count;

    /// <summary>Children of a process, and theirs: the workers of a server, without it.</summary>
    public static ImmutableArray<ProcessCandidate> Descendants(int pid, string procRoot = "/proc")
    {
        var list = new ProcessList(procRoot);
        var processes = list.Read().ToList();
        var family = new HashSet<int> { pid };

        // A child's pid can be lower than its parent's once pids have wrapped, hence until nothing is added.
        for (var before = 0; before != family.Count;)
        {
            before = family.Count;
            family.UnionWith(processes.Where(process => family.Contains(process.Stat.ParentPid)).Select(process => process.Pid).ToArray());
        }

        return [.. processes
            .Where(process => process.Pid != pid && family.Contains(process.Pid))
            .Select(process => Candidate(list.Folder(process.Pid), process.Pid, process.Stat))];
    }

    private static ProcessCandidate Candidate(string folder, int pid, ProcessStat stat) =>
        new(pid, stat.ParentPid, ProcessList.ReadCommand(folder));

    private static bool HoldsAny(string folder, HashSet<long> inodes)
    {
        foreach (var number in ProcFolder.Numbers(folder + "/fd", ProcLimits.MaxDescriptors))
        {
            var link = ProcFolder.ReadLink($"{folder}/fd/{number.ToString(CultureInfo.InvariantCulture)}");
            if (OpenDescriptor.TryParseSocket(link, out var inode) && inodes.Contains(inode))
                return true;
        }

        return false;
    }
}
