using System.Globalization;
using LeakySpanner.Model;

namespace LeakySpanner.Target.Linux;

/// <summary>How much memory a process may use before the kernel kills it, and who says so.</summary>
/// <param name="Limit">Bytes.</param>
/// <param name="Source">"cgroup v2 memory.max of /system.slice/shop.service", "physical memory of this machine".</param>
public readonly record struct MemoryLimit(ByteSize Limit, string Source);

/// <summary>
/// Memory limits of control groups, v1 and v2 (cgroups(7)). A group's limit binds all below it, so that the smallest on
/// the way up counts; no cgroup can give more than the machine has.
/// </summary>
/// <param name="root">Prefix of every path; a test's folder.</param>
public sealed class MemoryLimits(string root = "")
{
    public MemoryLimit? For(int pid)
    {
        var process = "/proc/" + pid.ToString(CultureInfo.InvariantCulture);
        var smallest = MachineMemory();
        foreach (var (version, path) in Groups(process))
        {
            // Our own mounts show the whole tree on a host. From a sidecar container they show only our part of it, and
            // those of the process, reached through its root, show its part.
            foreach (var (mountinfo, prefix) in (ReadOnlySpan<(string, string)>)[("/proc/self/mountinfo", ""), (process + "/mountinfo", process + "/root")])
            {
                foreach (var limit in LimitsUpwards(version, path, mountinfo, prefix))
                {
                    if (smallest is null || limit.Limit < smallest.Value.Limit)
                        smallest = limit;
                }
            }
        }

        return smallest;
    }

    /// <summary>The groups that the process is in and that may limit memory: version 1 or 2, and the path in its hierarchy.</summary>
    private List<(int Version, string Path)> Groups(string process)
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

    private IEnumerable<MemoryLimit> LimitsUpwards(int version, string path, string mountinfo, string prefix)
    {
        var file = version == 2 ? "memory.max" : "memory.limit_in_bytes";
        foreach (var mount in Mount.Parse(Read(mountinfo)))
        {
            var matches = version == 2 ? mount.FileSystem == "cgroup2" : mount.FileSystem == "cgroup" && mount.HasOption("memory");
            if (!matches || !TryRelative(path, mount.Root, out var group))
                continue;
            for (var depth = 0; depth < ProcLimits.MaxCgroupDepth; depth++)
            {
                if (TryParse(Read(prefix + mount.Point + group + "/" + file), out var limit))
                    yield return new MemoryLimit(limit, $"cgroup v{version} {file} of {(group.Length == 0 ? mount.Root : group)}");
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

    /// <summary>"max" of v2 and the page-rounded maximum of v1 are no limits.</summary>
    private static bool TryParse(string text, out ByteSize limit)
    {
        const long Unlimited = 1L << 62;
        var parsed = long.TryParse(text.AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) && bytes < Unlimited;
        limit = new ByteSize(bytes);
        return parsed;
    }

    private MemoryLimit? MachineMemory()
    {
        foreach (var line in Read("/proc/meminfo").Split('\n'))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 3
                && words[0] == "MemTotal:"
                && long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var kilobytes)
                && kilobytes < long.MaxValue / ByteSize.KB)
                return new MemoryLimit(new ByteSize(kilobytes * ByteSize.KB), "physical memory of this machine");
        }

        return null;
    }

    private string Read(string path) => ProcFile.TryReadText(root + path, out var text) == ProcOutcome.Read ? text : "";
}
