using System.Runtime.InteropServices;

namespace LeakySpanner.Target.Linux;

/// <summary>
/// A pidfd: it refers to one process for ever, whatever its pid is used for later, and becomes readable when it exits.
/// Kernels before 5.3 have none; the start time in /proc/PID/stat tells processes apart then.
/// </summary>
internal sealed class ProcessPin : IDisposable
{
    private const int NoSuchProcess = 3;

    /// <summary>PIDFD_INFO_EXIT.</summary>
    private const ulong ExitInfo = 1 << 3;

    private int descriptor;

    private ProcessPin(int descriptor) => this.descriptor = descriptor;

    /// <summary>False also where it cannot be told.</summary>
    public bool HasExited => ExitsWithin(TimeSpan.Zero);

    /// <summary>Known to run; false also where it cannot be told.</summary>
    public bool IsRunning => descriptor >= 0 && !HasExited;

    /// <summary>Waits for so long at most. False also where it cannot be told.</summary>
    public unsafe bool ExitsWithin(TimeSpan bound)
    {
        if (descriptor < 0)
            return false;
        var poll = new PollDescriptor { Descriptor = descriptor, Events = PollDescriptor.Input };
        return LibC.Poll(&poll, 1, (int)bound.TotalMilliseconds) > 0 && (poll.Returned & PollDescriptor.Input) != 0;
    }

    /// <summary>How the process ended, once its parent has asked; from Linux 6.15 on, and for any process, not only our children.</summary>
    public unsafe bool TryReadExit(out ExitStatus exit)
    {
        exit = default;
        if (descriptor < 0)
            return false;

        // struct pidfd_info: a mask of what is asked and then of what is told, and in its last word the status as of wait(2).
        var info = stackalloc ulong[8];
        new Span<ulong>(info, 8).Clear();
        info[0] = ExitInfo;
        if (LibC.IoCtl(descriptor, LibC.PidFdGetInfo, info) != 0 || (info[0] & ExitInfo) == 0)
            return false;
        exit = ExitStatus.OfWait((int)(info[7] >> 32));
        return true;
    }

    public static ProcessPin Open(int pid)
    {
        var descriptor = (int)LibC.SysCall2(LibC.PidFdOpen, pid, 0);
        return descriptor < 0 && (pid <= 0 || Marshal.GetLastPInvokeError() == NoSuchProcess)
            ? throw TargetTrouble.NoSuchProcess(pid)
            : new ProcessPin(descriptor);
    }

    public void Dispose()
    {
        var open = Interlocked.Exchange(ref descriptor, -1);
        if (open >= 0)
            _ = LibC.Close(open);
    }
}
