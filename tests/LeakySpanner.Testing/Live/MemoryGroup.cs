using System.Globalization;
using System.Text;

namespace LeakySpanner.Testing.Live;

/// <summary>
/// A control group with a memory limit, below the one that we are in, version 1 or 2. Only root, or whom a group was delegated to, can
/// make one; under version 2 the parent's own processes often forbid it.
/// </summary>
public sealed class MemoryGroup : IDisposable
{
    private readonly string _folder;

    private MemoryGroup(string folder) => _folder = folder;

    /// <summary>Whether one can be made here: it is tried.</summary>
    public static bool IsPossible { get; } = TryMake();

    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public static MemoryGroup Make(long limit)
    {
        var (version, parent) = Ours();
        var folder = Path.Combine(parent, string.Create(CultureInfo.InvariantCulture, $"leakyspanner-test-{Environment.ProcessId}-{Guid.NewGuid():N}"));
        Directory.CreateDirectory(folder);
        var group = new MemoryGroup(folder);
        try
        {
            group.Write(version == 2 ? "memory.max" : "memory.limit_in_bytes", limit);

            // Without swapping, so that the limit is one; a kernel without swap lacks the file.
            if (version == 2 && File.Exists(Path.Combine(folder, "memory.swap.max")))
                group.Write("memory.swap.max", 0);
            else if (version == 1)
                group.Write("memory.swappiness", 0);
            return group;
        }
        catch
        {
            group.Dispose();
            throw;
        }
    }

    /// <summary>The command line of a program that is in the group from its first instruction.</summary>
    public (string File, string[] Arguments) Run(params string[] command) =>
        ("/bin/sh", ["-c", "echo $$ > \"$0/cgroup.procs\" && exec \"$@\"", _folder, .. command]);

    /// <summary>Once its processes are gone; the kernel may need a moment for the last of them.</summary>
    public void Dispose() => SpinWait.SpinUntil(TryRemove, TimeSpan.FromSeconds(10));

    private bool TryRemove()
    {
        try
        {
            Directory.Delete(_folder);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private void Write(string file, long value)
    {
        // Opened as it is: a control file can be neither made nor cut off.
        using var stream = new FileStream(Path.Combine(_folder, file), FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        stream.Write(Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture)));
    }

    private static bool TryMake()
    {
        try
        {
            using var group = Make(64 << 20);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return false;
        }
    }

    private static (int Version, string Folder) Ours()
    {
        foreach (var line in File.ReadAllLines("/proc/self/cgroup"))
        {
            var parts = line.Split(':', 3);
            if (parts[1].Split(',').Contains("memory") && Mount("cgroup", "memory") is { } first)
                return (1, Below(first, parts[2]));
            if (parts[0] == "0" && Mount("cgroup2", null) is { } second && File.ReadAllText(Path.Combine(Below(second, parts[2]), "cgroup.subtree_control")).Contains("memory", StringComparison.Ordinal))
                return (2, Below(second, parts[2]));
        }

        throw new InvalidOperationException("no control group that limits memory");
    }

    private static string Below(string mount, string path) => Directory.Exists(mount + path) ? mount + path.TrimEnd('/') : mount;

    private static string? Mount(string system, string? option) => File.ReadAllLines("/proc/self/mounts")
        .Select(line => line.Split(' '))
        .Where(words => words[2] == system && (option is null || words[3].Split(',').Contains(option)))
        .Select(words => words[1]).FirstOrDefault();
}
