using System.Globalization;

namespace LeakySpanner.Target.Linux;

/// <summary>
/// Makes us give way to the service that we watch, and not stand still: under SCHED_IDLE a service at full load would starve a walk for
/// minutes, while the heap that it reads moves on. Held for good: an unprivileged process can lower its priority and not raise it again.
/// </summary>
public static class ObserverPriority
{
    private const int ProcessOrThread = 0;

    /// <summary>
    /// Lowers every thread that we have; threads started later by one of them inherit it. Call it before work is spread over threads.
    /// </summary>
    /// <param name="niceness">At 10 a busy thread of others gets nine parts of ten (sched(7)).</param>
    /// <returns>Whether all threads were lowered.</returns>
    public static bool GiveWay(int niceness) => Lower(Environment.ProcessId, niceness);

    /// <summary>As <see cref="GiveWay"/>, for another process that does our work.</summary>
    public static bool Lower(int pid, int niceness)
    {
        var threads = ProcFolder.Numbers($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/task", ProcLimits.MaxThreads);
        var lowered = threads.Count > 0;
        foreach (var thread in threads)
            lowered &= LibC.SetPriority(ProcessOrThread, thread, niceness) == 0;
        return lowered;
    }
}
