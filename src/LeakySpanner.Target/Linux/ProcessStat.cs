using System.Globalization;

namespace LeakySpanner.Target.Linux;

/// <summary>What is used of /proc/PID/stat and /proc/PID/task/TID/stat (proc_pid_stat(5)).</summary>
/// <param name="Name">comm; at most 15 bytes, any characters.</param>
/// <param name="State">R, S, D (uninterruptible), T (stopped), t (traced), Z (zombie), X (dead) and so on.</param>
/// <param name="ParentPid">0 for what the kernel started.</param>
/// <param name="StartTicks">Start in clock ticks since boot: with the pid, the identity of a process.</param>
public readonly record struct ProcessStat(string Name, char State, int ParentPid, ulong StartTicks)
{
    /// <summary>sysconf(_SC_CLK_TCK): 100 on every Linux of today, whatever the kernel's own tick is.</summary>
    public const int TicksPerSecond = 100;

    private const uint KernelThreadFlag = 0x0020_0000;

    /// <summary>User and system time of all threads.</summary>
    public TimeSpan CpuTime { get; init; }

    /// <summary>Of a process that has ended and was not asked for yet; null where it runs, or where it is not ours to know.</summary>
    public ExitStatus? Exit { get; init; }

    /// <summary>A thread of the kernel (PF_KTHREAD of include/linux/sched.h): it has no memory of its own, at any time.</summary>
    public bool IsKernelThread { get; init; }

    public bool IsDead => State is 'Z' or 'X' or 'x';

    public bool IsStopped => State is 'T' or 't';

    public bool IsUninterruptible => State == 'D';

    /// <summary>The name is in parentheses and may contain some itself, hence the last one.</summary>
    public static bool TryParse(string text, out ProcessStat stat)
    {
        stat = default;
        var open = text.IndexOf('(', StringComparison.Ordinal);
        var close = text.LastIndexOf(')');
        if (open < 0 || close < open)
            return false;
        var words = text[(close + 1)..].TrimEnd().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 20
            || words[0].Length != 1
            || !int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var parent)
            || !ulong.TryParse(words[19], NumberStyles.None, CultureInfo.InvariantCulture, out var start))
            return false;
        stat = new ProcessStat(text[(open + 1)..close], words[0][0], parent, start)
        {
            CpuTime = Ticks(words[11]) + Ticks(words[12]),
            IsKernelThread = uint.TryParse(words[6], NumberStyles.None, CultureInfo.InvariantCulture, out var flags) && (flags & KernelThreadFlag) != 0,
        };
        if (stat.IsDead && words.Length >= 50 && int.TryParse(words[49], NumberStyles.None, CultureInfo.InvariantCulture, out var status))
            stat = stat with { Exit = ExitStatus.OfWait(status) };
        return true;
    }

    private static TimeSpan Ticks(string word) =>
        long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            ? TimeSpan.FromTicks(Math.Min(ticks, long.MaxValue / TimeSpan.TicksPerSecond) * (TimeSpan.TicksPerSecond / TicksPerSecond))
            : TimeSpan.Zero;
}
