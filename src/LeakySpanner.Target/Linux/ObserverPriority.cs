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

    /// <summary>The same for another process that does our work.</summary>
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
