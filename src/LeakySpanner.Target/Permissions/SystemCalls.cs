using System.Runtime.InteropServices;
using LeakySpanner.Target.Linux;

namespace LeakySpanner.Target.Permissions;

/// <summary>How the kernel answers a system call that is asked for with nothing at stake.</summary>
public enum CallOutcome
{
    Works,

    /// <summary>The kernel is too old for it, or was built without it.</summary>
    Missing,

    /// <summary>A filter (seccomp) refuses it.</summary>
    Refused,
}

/// <summary>The system calls that everything here rests on, tried on ourselves: what a filter does shows only in what it refuses.</summary>
public sealed record SystemCalls(CallOutcome ReadMemory, CallOutcome PinProcess, CallOutcome Pause)
{
    private const int NoSystemCall = 38;
    private const int NoSuchProcess = 3;

    public static SystemCalls Try() => new(TryReadMemory(), TryPin(), TryTrace());

    private static unsafe CallOutcome TryReadMemory()
    {
        long from = 0x1234, into = 0;
        var local = new IoVector((nuint)(&into), sizeof(long));
        var remote = new IoVector((nuint)(&from), sizeof(long));
        return LibC.ProcessVmReadV(Environment.ProcessId, &local, 1, &remote, 1, 0) == sizeof(long) ? CallOutcome.Works : OfError();
    }

    private static CallOutcome TryPin()
    {
        var descriptor = (int)LibC.SysCall2(LibC.PidFdOpen, Environment.ProcessId, 0);
        if (descriptor < 0)
            return OfError();
        _ = LibC.Close(descriptor);
        return CallOutcome.Works;
    }

    /// <summary>To let go of what is not traced fails, and in its own way where the call came through.</summary>
    private static CallOutcome TryTrace() =>
        LibC.PTrace(LibC.PTraceDetach, Environment.ProcessId, 0, 0) == 0 || Marshal.GetLastPInvokeError() == NoSuchProcess ? CallOutcome.Works : OfError();

    private static CallOutcome OfError() => Marshal.GetLastPInvokeError() == NoSystemCall ? CallOutcome.Missing : CallOutcome.Refused;
}
