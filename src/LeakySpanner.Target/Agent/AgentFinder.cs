using System.Globalization;
using LeakySpanner.Target.Linux;

namespace LeakySpanner.Target.Agent;

/// <summary>Where a process's samples are.</summary>
public static class AgentFinder
{
    /// <summary>A process that has forked, or become another program, has made several; few do so often.</summary>
    private const int MostCandidates = 16;

    /// <summary>The newest in a folder. Null where there is none yet that is whole.</summary>
    /// <param name="folder">Where the agent makes its files.</param>
    /// <param name="pid">As the process knows itself.</param>
    public static AgentFile? In(string folder, int pid)
    {
        try
        {
            var pattern = pid.ToString(CultureInfo.InvariantCulture) + "-*.agent";
            return Newest(Directory.EnumerateFiles(folder, pattern).Take(MostCandidates).Select(path => TryOpen(path, FileOwner.Ours)));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>
    /// Of any process: its own mappings name the file, wherever that is, and it is opened through the process's root folder. Null where no
    /// agent runs in it, or its file must not be believed.
    /// </summary>
    /// <exception cref="TargetException">The process is gone.</exception>
    public static AgentFile? Of(TargetProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        var root = string.Create(CultureInfo.InvariantCulture, $"/proc/{process.Pid}/root");
        var user = process.ReadStatus().User;
        var paths = process.ReadRegions().Select(region => region.Path).Where(IsAgent).Distinct().Take(MostCandidates);
        // Of a process that has only changed its root the path is one of ours.
        return Newest(paths.Select(path => TryOpen(root + path, user) ?? TryOpen(path, user)));
    }

    private static AgentFile? Newest(IEnumerable<AgentFile?> files)
    {
        AgentFile? newest = null;
        foreach (var file in files.OfType<AgentFile>())
        {
            var old = newest is null || file.Started > newest.Started ? newest : file;
            newest = old == newest ? file : newest;
            old?.Dispose();
        }

        return newest;
    }

    private static AgentFile? TryOpen(string path, uint owner)
    {
        try
        {
            return AgentFile.Open(path, owner);
        }
        catch (AgentFileException)
        {
            return null;
        }
    }

    private static bool IsAgent(string path) =>
        path.StartsWith('/')
        && path.EndsWith(".agent", StringComparison.Ordinal)
        && path.Contains("/leakyspanner-", StringComparison.Ordinal)
        && !path.Split('/').Contains("..");
}
