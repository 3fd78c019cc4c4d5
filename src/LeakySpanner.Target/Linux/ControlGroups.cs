using System.Globalization;

namespace LeakySpanner.Target.Linux;

/// <summary>A control group that a process is in, as a folder that we can read.</summary>
/// <param name="Version">1 or 2.</param>
/// <param name="Folder">Without the prefix of a test.</param>
/// <param name="Name">"/system.slice/shop.service".</param>
/// <param name="Height">0 for the process's own group, 1 for the one above, and so on.</param>
internal readonly record struct ControlGroup(int Version, string Folder, string Name, int Height);

/// <summary>The groups, v1 and v2, that account for a process's memory (cgroups(7)).</summary>
/// <param name="root">Prefix of every path; a test's folder.</param>
internal sealed class ControlGroups(string root)
{
    /// <summary>For every hierarchy and every way to reach it, the group itself and those above.</summary>
    public IEnumerable<ControlGroup> Of(int pid)
    {
        var process = "/proc/" + pid.ToString(CultureInfo.InvariantCulture);
        foreach (var (version, path) in Memberships(process))
        {
            // Our own mounts show the whole tree on a host. From a sidecar container they show only our part of it, and
            // those of the process, reached through its root, show its part.
            foreach (var (mountinfo, prefix) in ((string, string)[])[("/proc/self/mountinfo", ""), (process + "/mountinfo", process + "/root")])
            {
                foreach (var group in Upwards(version, path, mountinfo, prefix))
                    yield return group;
            }
        }
    }

    /// <summary>The groups that the process is in and that may limit memory: version 1 or 2, and the path in its hierarchy.</summary>
    private List<(int Version, string Path)> Memberships(string process)
    {
        var groups = new List<(int, string)>();
        foreach (var line in Read(process + "/cgroup").Split('\n'))
        {
            var parts = line.Split(':', 3);
            if (parts.Length != 3 || !parts[2].StartsWith('/'))
                continue;
            if (parts[0] == "0" && parts[1].Length == 0)
                groups.Add((2, parts[2]));
            else if (parts[1].Split(',').Contains("memory"))
                groups.Add((1, parts[2]));
        }

        return groups;
    }

    private IEnumerable<ControlGroup> Upwards(int version, string path, string mountinfo, string prefix)
    {
        foreach (var mount in Mount.Parse(Read(mountinfo)))
        {
            var matches = version == 2 ? mount.FileSystem == "cgroup2" : mount.FileSystem == "cgroup" && mount.HasOption("memory");
            if (!matches || !TryRelative(path, mount.Root, out var group))
                continue;
            for (var height = 0; height < ProcLimits.MaxCgroupDepth; height++)
            {
                yield return new ControlGroup(version, prefix + mount.Point + group, group.Length == 0 ? mount.Root : group, height);
                if (group.Length == 0)
                    break;
                group = group[..group.LastIndexOf('/')];
            }
        }
    }

    /// <summary>The group's path below the mount, "" for the mount's own group.</summary>
    private static bool TryRelative(string path, string mountRoot, out string group)
    {
        var start = mountRoot == "/" ? "" : mountRoot;
        group = "";
        if (!path.StartsWith(start, StringComparison.Ordinal))
            return false;
        var rest = path[start.Length..].TrimEnd('/');
        if (rest.Length > 0 && (rest[0] != '/' || rest.Split('/').Contains("..")))
            return false;
        group = rest;
        return true;
    }

    private string Read(string path) => ProcFile.TryReadText(root + path, out var text) == ProcOutcome.Read ? text : "";
}
