using System.Globalization;
using LeakySpanner.Target.Linux;

namespace LeakySpanner.Target.Permissions;

/// <summary>What this machine allows to anybody.</summary>
/// <param name="Release">"6.1.0-18-amd64".</param>
/// <param name="PtraceScope">kernel.yama.ptrace_scope, 0 to 3; null where Yama is not built in.</param>
/// <param name="HidePid">The hidepid option of /proc ("2", "invisible"); null where it is off.</param>
/// <param name="IsWholeMachine">Whether we see every process of the machine: our pid namespace is the first one.</param>
public sealed record KernelRules(string Release, int? PtraceScope, string? HidePid, bool IsWholeMachine)
{
    /// <summary>PROC_PID_INIT_INO (linux/proc_ns.h): the first pid namespace has this number on every machine.</summary>
    private const string FirstPidNamespace = "pid:[4026531836]";

    /// <summary>PROC_USER_INIT_INO.</summary>
    public const string FirstUserNamespace = "user:[4026531837]";

    public static KernelRules Read(string root = "")
    {
        var options = Mount.Parse(Read(root, "/proc/self/mountinfo")).FindLast(mount => mount is { FileSystem: "proc", Point: "/proc" }).Options ?? "";
        var hide = Array.Find(options.Split(','), option => option.StartsWith("hidepid=", StringComparison.Ordinal))?["hidepid=".Length..];
        return new KernelRules(
            Read(root, "/proc/sys/kernel/osrelease").Trim(),
            int.TryParse(Read(root, "/proc/sys/kernel/yama/ptrace_scope"), NumberStyles.Integer, CultureInfo.InvariantCulture, out var scope) ? scope : null,
            hide is "0" or "off" ? null : hide,
            ProcFolder.ReadLink(root + "/proc/self/ns/pid") is null or FirstPidNamespace);
    }

    private static string Read(string root, string path) => ProcFile.TryReadText(root + path, out var text) == ProcOutcome.Read ? text : "";
}
