using System.Globalization;
using LeakySpanner.Target.Linux;

namespace LeakySpanner.Target.Requests;

/// <summary>
/// The ring of a process, if the shim runs in it. Its own mappings name the file, wherever that is (a container's /dev/shm, TMPDIR),
/// and it is opened through the process's root folder.
/// </summary>
public static class RequestRingFinder
{
    /// <summary>A process that has forked maps its parent's ring as well as its own; few generations do.</summary>
    private const int MostCandidates = 16;

    /// <summary>Null where there is none that may be followed.</summary>
    /// <exception cref="TargetException">The process is gone.</exception>
    public static RequestRing? Find(TargetProcess process)
    {
        var folder = "/proc/" + process.Pid.ToString(CultureInfo.InvariantCulture);
        if (ProcFile.TryReadText(folder + "/status", out var status) != ProcOutcome.Read || Numbers(status, "Uid:") is not [_, var user, ..])
            return null;
        var known = Numbers(status, "NSpid:");
        foreach (var path in process.ReadRegions().Select(region => region.Path).Where(IsRing).Distinct().Take(MostCandidates))
        {
            // Of a process that has only changed its root the path is one of ours.
            foreach (var way in (ReadOnlySpan<string>)[folder + "/root" + path, path])
            {
                if (TryOpen(way, (uint)user) is not { } ring)
                    continue;
                if (known.Contains(ring.Pid))
                    return ring;
                ring.Dispose();
            }
        }

        return null;
    }

    private static RequestRing? TryOpen(string path, uint owner)
    {
        try
        {
            return RequestRing.Open(path, owner);
        }
        catch (RequestRingException)
        {
            return null;
        }
    }

    private static bool IsRing(string path) =>
        path.StartsWith('/')
        && path.EndsWith(".ring", StringComparison.Ordinal)
        && path.Contains("/leakyspanner-", StringComparison.Ordinal)
        && !path.Split('/').Contains("..");

    /// <summary>What follows a name in a status file: real and effective uid, or the pids in all namespaces from the outermost on.</summary>
    private static long[] Numbers(string status, string name)
    {
        var line = Array.Find(status.Split('\n'), line => line.StartsWith(name, StringComparison.Ordinal)) ?? "";
        return [.. line.Split('\t').Skip(1).Select(word => long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1)];
    }
}
