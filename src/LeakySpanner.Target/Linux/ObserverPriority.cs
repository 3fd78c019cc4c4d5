using System.Globalization;

namespace LeakySpanner.Target.Linux;

/// <summary>
/// Makes us run only when nobody else wants the processor, so that watching a busy service costs it nothing but cache and
/// memory bandwidth. Held for good: an unprivileged process can lower its priority and not raise it again.
/// </summary>
public static class ObserverPriority
{
    private const int Idle = 5;
    private const int ProcessOrThread = 0;
    private const int LowestNiceness = 19;

    /// <summary>
    /// Puts every thread that we have into SCHED_IDLE, or at nice 19 where that is refused; threads started later by one of
    /// them inherit it. Call it before work is spread over threads.
    /// </summary>
    /// <returns>Whether all threads were lowered in one way or the other.</returns>
    public static bool Yield() => Lower(Environment.ProcessId);

    /// <summary>
    /// Raises our niceness instead, for work that must also get on while others use every processor: at 10 a busy thread of
    /// theirs gets nine parts of ten (sched(7)).
    /// </summary>
    /// <returns>Whether all threads were lowered.</returns>
    public static bool GiveWay(int niceness)
    {
        var threads = ProcFolder.Numbers("/proc/self/task", ProcLimits.MaxThreads);
        var lowered = threads.Count > 0;
        foreach (var thread in threads)
            lowered &= LibC.SetPriority(ProcessOrThread, thread, niceness) == 0;
        return lowered;
    }

    /// <summary>As <see cref="Yield"/>, for another process that does our work.</summary>
    public static unsafe bool Lower(int pid)
    {
        var threads = ProcFolder.Numbers($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/task", ProcLimits.MaxThreads);
        var lowered = threads.Count > 0;
        foreach (var thread in threads)
        {
            var priority = 0;
            lowered &= LibC.SetScheduler(thread, Idle, &priority) == 0 || LibC.SetPriority(ProcessOrThread, thread, LowestNiceness) == 0;
        }

        return lowered;
    }
}
