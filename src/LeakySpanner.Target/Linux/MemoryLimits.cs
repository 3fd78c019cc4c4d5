using System.Globalization;
using LeakySpanner.Model;

namespace LeakySpanner.Target.Linux;

/// <summary>How much memory a process may use before the kernel kills it, and who says so.</summary>
/// <param name="Limit">Bytes.</param>
/// <param name="Source">"cgroup v2 memory.max of /system.slice/shop.service", "physical memory of this machine".</param>
public readonly record struct MemoryLimit(ByteSize Limit, string Source)
{
    /// <summary>What counts against it and cannot be dropped, as of when it was read; null where that is not told.</summary>
    public ByteSize? Used { get; init; }
}

/// <summary>
/// Memory limits of control groups, v1 and v2 (cgroups(7)). A group's limit binds all below it, so that the smallest on
/// the way up counts; no cgroup can give more than the machine has.
/// </summary>
/// <param name="root">Prefix of every path; a test's folder.</param>
public sealed class MemoryLimits(string root = "")
{
    public MemoryLimit? For(int pid)
    {
        var smallest = MachineMemory();
        foreach (var group in new ControlGroups(root).Of(pid))
        {
            var file = group.Version == 2 ? "memory.max" : "memory.limit_in_bytes";
            if (TryParse(Read(group.Folder + "/" + file), out var limit) && (smallest is null || limit < smallest.Value.Limit))
                smallest = new MemoryLimit(limit, $"cgroup v{group.Version} {file} of {group.Name}") { Used = UsedBy(group) };
        }

        return smallest;
    }

    /// <summary>What a process may still take before a limit of its groups, or the machine, is reached; null where nothing is told.</summary>
    public ByteSize? RoomFor(int pid)
    {
        ByteSize? room = MachineMemory() is { Used: { } inUse } machine ? machine.Limit - inUse : null;
        foreach (var group in new ControlGroups(root).Of(pid))
        {
            var file = group.Version == 2 ? "memory.max" : "memory.limit_in_bytes";
            if (TryParse(Read(group.Folder + "/" + file), out var limit) && UsedBy(group) is { } used && (room is null || limit - used < room))
                room = limit - used;
        }

        return room;
    }

    /// <summary>Without pages of files that are not in use, which the kernel drops before it kills.</summary>
    private ByteSize? UsedBy(ControlGroup group)
    {
        var (file, field) = group.Version == 2 ? ("memory.current", "inactive_file ") : ("memory.usage_in_bytes", "total_inactive_file ");
        if (!TryParse(Read(group.Folder + "/" + file), out var all))
            return null;
        foreach (var line in Read(group.Folder + "/memory.stat").Split('\n'))
        {
            if (line.StartsWith(field, StringComparison.Ordinal) && TryParse(line[field.Length..], out var idle) && idle <= all)
                return all - idle;
        }

        return all;
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
        var text = Read("/proc/meminfo");
        return MeminfoLine(text, "MemTotal:") is not { } total
            ? null
            : new MemoryLimit(total, "physical memory of this machine")
            {
                Used = MeminfoLine(text, "MemAvailable:") is { } available && available <= total ? total - available : null,
            };
    }

    private static ByteSize? MeminfoLine(string text, string name)
    {
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 3
                && words[0] == name
                && long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var kilobytes)
                && kilobytes < long.MaxValue / ByteSize.KB)
                return new ByteSize(kilobytes * ByteSize.KB);
        }

        return null;
    }

    private string Read(string path) => ProcFile.TryReadText(root + path, out var text) == ProcOutcome.Read ? text : "";
}
