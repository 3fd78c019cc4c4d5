using System.Globalization;

namespace LeakySpanner.Target;

/// <summary>The sentences for what goes wrong with a target as a whole: one line each, with the remedy.</summary>
internal static class TargetTrouble
{
    public static TargetException NoSuchProcess(int pid) => new(
        TargetFailure.NoSuchProcess,
        $"there is no process {Text(pid)} here: check the number with `ps -e`; in a container, use the number seen from inside it");

    public static TargetException Gone(int pid) => new(
        TargetFailure.Gone, $"process {Text(pid)} has ended: start the service again and attach to its new pid");

    public static TargetException Replaced(int pid, string command) => new(
        TargetFailure.Gone, $"process {Text(pid)} has replaced its program by another (exec: {command}): attach again to watch that");

    public static TargetException KernelThread(int pid) => new(
        TargetFailure.NotSupported, $"{Text(pid)} is a thread of the kernel and has no memory of its own: choose the service's process");

    public static TargetException NotStarted(int pid) => new(
        TargetFailure.NotSupported, $"process {Text(pid)} has no memory yet, or none any more: it is just starting a program, or ending; try again");

    public static TargetException ThirtyTwoBit(int pid) => new(
        TargetFailure.NotSupported, $"process {Text(pid)} runs a 32-bit program: only 64-bit ones are understood");

    public static TargetException NotPermitted(int pid) => new(
        TargetFailure.NotPermitted, $"not permitted to read process {Text(pid)}: {Linux.PermissionAdvice.For(pid)} (`leakyspanner doctor --pid {Text(pid)}` tells more)");

    public static TargetException Hidden(int pid) => new(
        TargetFailure.NotPermitted, $"process {Text(pid)} is hidden from us (/proc is mounted with hidepid): run with sudo");

    public static TargetException Stopped(int pid, int tracer) => new(
        TargetFailure.Stopped,
        tracer != 0
            ? $"process {Text(pid)} is held by a debugger (pid {Text(tracer)}): let it continue there first"
            : $"process {Text(pid)} is stopped: wake it with `kill -CONT {Text(pid)}`");

    public static TargetException Traced(int pid, int tracer) => new(
        TargetFailure.NotPermitted,
        $"process {Text(pid)} cannot be paused while pid {Text(tracer)} traces it (gdb, strace): end that first, or read without a pause");

    private static string Text(int pid) => pid.ToString(CultureInfo.InvariantCulture);
}
