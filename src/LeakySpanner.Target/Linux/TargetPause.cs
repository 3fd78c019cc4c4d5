using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace LeakySpanner.Target.Linux;

/// <summary>
/// Stops every thread of a process for a bounded time (ptrace(2), PTRACE_SEIZE and PTRACE_INTERRUPT: no signal is sent, so
/// that the program does not notice but for the time). A tracer is one thread, hence a dedicated one; the kernel lets the
/// process go when that thread or our whole process ends, however it ends.
/// </summary>
public sealed class TargetPause : IDisposable
{
    /// <summary>New threads may start while the known ones are stopped; after so many rounds the rest keeps running.</summary>
    private const int MaxRounds = 16;

    private const int NoSuchProcess = 3;
    private const int NotPermitted = 1;

    /// <summary>The stop that PTRACE_INTERRUPT causes, in the upper bits of a wait status.</summary>
    private const int EventStop = 128;

    private readonly int pid;
    private readonly string folder;
    private readonly TimeSpan bound;
    private readonly Thread tracer;
    private readonly ManualResetEventSlim entered = new();
    private readonly ManualResetEventSlim released = new();
    private readonly Stopwatch clock = new();

    /// <summary>Thread id to the signal that its stop withheld, 0 for none; null while it still runs.</summary>
    private readonly Dictionary<int, int?> threads = [];

    private TargetException? trouble;

    private TargetPause(int pid, TimeSpan bound)
    {
        this.pid = pid;
        this.bound = bound;
        folder = "/proc/" + pid.ToString(CultureInfo.InvariantCulture);
        tracer = new Thread(Trace) { IsBackground = true, Name = "pause" };
    }

    /// <summary>From the first thread's stop until the last was let go; still growing before that.</summary>
    public TimeSpan Elapsed => clock.Elapsed;

    /// <summary>Whether every thread was stopped; one in uninterruptible sleep cannot be, and changes no memory meanwhile.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>The bound was reached and the process runs again: what is read now may be torn.</summary>
    public bool HasLapsed { get; private set; }

    /// <summary>Returns with the process stopped.</summary>
    /// <param name="bound">After this it runs again, whatever its reader is doing.</param>
    /// <exception cref="TargetException">Gone, or not permitted.</exception>
    public static TargetPause Start(int pid, TimeSpan bound)
    {
        var pause = new TargetPause(pid, bound);
        pause.tracer.Start();
        pause.entered.Wait();
        if (pause.trouble is null)
            return pause;
        pause.Dispose();
        throw pause.trouble;
    }

    /// <summary>Returns with the process running.</summary>
    public void Dispose()
    {
        released.Set();
        tracer.Join();
        entered.Dispose();
        released.Dispose();
    }

    private void Trace()
    {
        try
        {
            clock.Start();
            IsComplete = StopAll();
        }
        catch (TargetException e)
        {
            trouble = e;
        }

        entered.Set();
        if (trouble is null)
            HasLapsed = !released.Wait(Remaining);
        foreach (var (thread, signal) in threads)
        {
            // What still runs cannot be detached; the end of this thread does that.
            if (signal is { } withheld)
                _ = LibC.PTrace(LibC.PTraceDetach, thread, 0, withheld);
        }

        clock.Stop();
    }

    private TimeSpan Remaining => bound > clock.Elapsed ? bound - clock.Elapsed : TimeSpan.Zero;

    private bool StopAll()
    {
        for (var round = 0; round < MaxRounds; round++)
        {
            var added = 0;
            foreach (var thread in ProcFolder.Numbers(folder + "/task", ProcLimits.MaxThreads))
                added += !threads.ContainsKey(thread) && Interrupt(thread) ? 1 : 0;
            if (threads.Count == 0)
                throw TargetTrouble.Gone(pid);
            if (!AwaitStops())
                return false;
            if (added == 0)
                return true;
        }

        return false;
    }

    private bool Interrupt(int thread)
    {
        if (LibC.PTrace(LibC.PTraceSeize, thread, 0, 0) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            return error is NoSuchProcess || (error is NotPermitted && IsDead(thread)) ? false : throw Refused();
        }

        threads[thread] = null;
        _ = LibC.PTrace(LibC.PTraceInterrupt, thread, 0, 0);
        return true;
    }

    /// <summary>A debugger that holds the process already is the one reason for a refusal that no privilege lifts.</summary>
    private TargetException Refused() =>
        ProcFile.TryReadText(folder + "/status", out var text) == ProcOutcome.Read
        && ProcessStatus.TryParse(text, out var status)
        && status.TracerPid != 0
            ? TargetTrouble.Traced(pid, status.TracerPid)
            : TargetTrouble.NotPermitted(pid);

    private bool AwaitStops()
    {
        for (var spin = new SpinWait(); ; spin.SpinOnce(sleep1Threshold: 20))
        {
            var running = 0;
            foreach (var (thread, signal) in threads)
            {
                if (signal is null && !TryAwait(thread))
                    running++;
            }

            if (running == 0)
                return true;
            if (released.IsSet || Remaining == TimeSpan.Zero)
                return false;
        }
    }

    /// <summary>
    /// Takes the thread's stop if it has come. For a child of ours the runtime's own waiting may have taken it before us:
    /// the state tells then.
    /// </summary>
    private unsafe bool TryAwait(int thread)
    {
        int status;
        var waited = LibC.WaitPid(thread, &status, LibC.WaitNoHang | LibC.WaitAll);
        if (waited == thread && (status & 0xff) == 0x7f)
        {
            threads[thread] = status >> 16 == EventStop ? 0 : (status >> 8) & 0xff;
            return true;
        }

        if (waited != 0 || IsDead(thread))
            return threads.Remove(thread);
        if (!TryState(thread, out var stat) || stat.State != 't')
            return false;
        threads[thread] = 0;
        return true;
    }

    private bool IsDead(int thread) => !TryState(thread, out var stat) || stat.IsDead;

    private bool TryState(int thread, out ProcessStat stat)
    {
        stat = default;
        return ProcFile.TryReadText($"{folder}/task/{thread.ToString(CultureInfo.InvariantCulture)}/stat", out var text) == ProcOutcome.Read
            && ProcessStat.TryParse(text, out stat);
    }
}
