using System.Globalization;
using System.Text;

namespace LeakySpanner.Testing.Live;

/// <summary>What /proc says of processes, which may end while they are looked at.</summary>
public static class Processes
{
    public static IEnumerable<int> All()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var pid))
                yield return pid;
        }
    }

    /// <summary>Empty for a process that has ended, zombies included.</summary>
    public static string[] CommandLine(int pid) => Encoding.UTF8.GetString(Read($"/proc/{pid}/cmdline")).Split('\0', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The children of a process, theirs, and so on; with those that have ended and were not waited for.</summary>
    public static IReadOnlyList<int> Descendants(int pid)
    {
        var children = All().Select(each => (Pid: each, Parent: Parent(each))).ToLookup(each => each.Parent, each => each.Pid);
        var found = new List<int>(children[pid]);
        for (var next = 0; next < found.Count; next++)
            found.AddRange(children[found[next]]);
        return found;
    }

    /// <summary>'R', 'S', 'Z' for one that nobody waited for, ... or 0 where there is none.</summary>
    public static char State(int pid) => StatOf(pid) is { Length: > 0 } fields ? fields[0][0] : '\0';

    public static bool Lives(int pid) => State(pid) is not ('\0' or 'Z' or 'X');

    /// <summary>VmRSS and the like, in bytes.</summary>
    /// <exception cref="InvalidOperationException">The process has ended.</exception>
    public static long Status(int pid, string field)
    {
        foreach (var line in Encoding.UTF8.GetString(Read($"/proc/{pid}/status")).Split('\n'))
        {
            if (line.StartsWith(field + ":", StringComparison.Ordinal))
                return long.Parse(line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
        }

        throw new InvalidOperationException($"pid {pid} has no {field}");
    }

    /// <summary>Processor time of all its threads.</summary>
    /// <exception cref="InvalidOperationException">The process has ended.</exception>
    public static TimeSpan Cpu(int pid)
    {
        // Fields 14 and 15 of stat, in hundredths of a second; the fields here begin at the third.
        var fields = StatOf(pid);
        return fields.Length > 12
            ? TimeSpan.FromMilliseconds(10 * (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)))
            : throw new InvalidOperationException($"pid {pid} has ended");
    }

    /// <summary>Processor time of those threads that live, to the nanosecond; <see cref="Cpu"/> tells hundredths of a second.</summary>
    /// <exception cref="InvalidOperationException">The process has ended.</exception>
    public static TimeSpan CpuOfThreads(int pid)
    {
        var folder = $"/proc/{pid}/task";
        if (!Directory.Exists(folder))
            throw new InvalidOperationException($"pid {pid} has ended");
        var nanoseconds = 0L;
        foreach (var thread in Directory.EnumerateDirectories(folder))
        {
            if (Encoding.UTF8.GetString(Read(thread + "/schedstat")).Split(' ') is [{ Length: > 0 } running, ..])
                nanoseconds += long.Parse(running, CultureInfo.InvariantCulture);
        }

        return TimeSpan.FromMicroseconds(nanoseconds / 1000.0);
    }

    private static int Parent(int pid) => StatOf(pid) is { Length: > 1 } fields ? int.Parse(fields[1], CultureInfo.InvariantCulture) : 0;

    /// <summary>What follows the name, which may itself hold spaces and brackets.</summary>
    private static string[] StatOf(int pid)
    {
        var text = Encoding.UTF8.GetString(Read($"/proc/{pid}/stat"));
        var end = text.LastIndexOf(')');
        return end < 0 ? [] : text[(end + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    private static byte[] Read(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
