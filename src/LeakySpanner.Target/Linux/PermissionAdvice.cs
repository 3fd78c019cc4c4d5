using System.Globalization;

namespace LeakySpanner.Target.Linux;

/// <summary>What stands between us and another process' memory (ptrace(2), "access mode checking"), and what lifts it.</summary>
public static class PermissionAdvice
{
    /// <summary>CAP_SYS_PTRACE.</summary>
    private const int TraceCapability = 19;

    public static string For(int pid, string procRoot = "/proc")
    {
        var ours = Uid(procRoot + "/self/status");
        var theirs = Uid($"{procRoot}/{pid.ToString(CultureInfo.InvariantCulture)}/status");
        if (ours is not null && theirs is not null && ours != theirs && ours != 0)
            return $"it belongs to uid {theirs} and we are uid {ours}: run with sudo, or as that user";

        var scope = ProcFile.TryReadText(procRoot + "/sys/kernel/yama/ptrace_scope", out var text) == ProcOutcome.Read ? text.Trim() : "0";
        return (scope, ours) switch
        {
            ("3", _) => "kernel.yama.ptrace_scope is 3, which only a reboot changes: boot with another value",
            ("1" or "2", not 0) => $"kernel.yama.ptrace_scope is {scope}: run with sudo, or `sudo sysctl kernel.yama.ptrace_scope=0`",
            (_, 0) when MayTrace(procRoot) => "a security policy of this machine keeps even root from it (SELinux, AppArmor, a protected process): "
                + "choose another process, or ask who set the policy",
            (_, 0) => "root lacks the capability SYS_PTRACE here: start the container with `--cap-add SYS_PTRACE` "
                + "(Kubernetes: securityContext.capabilities.add [SYS_PTRACE] and shareProcessNamespace: true)",
            _ => "it is protected (changed user, or marked not dumpable): run with sudo; "
                + "in a container add the capability SYS_PTRACE and share the process namespace",
        };
    }

    /// <summary>The effective user id.</summary>
    private static int? Uid(string statusPath) =>
        Words(statusPath, "Uid:") is [_, var effective, ..] && int.TryParse(effective, NumberStyles.None, CultureInfo.InvariantCulture, out var uid)
            ? uid
            : null;

    private static bool MayTrace(string procRoot) =>
        Words(procRoot + "/self/status", "CapEff:") is [var mask]
        && ulong.TryParse(mask, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var capabilities)
        && (capabilities >> TraceCapability & 1) != 0;

    /// <summary>What follows a name in a status file, or nothing.</summary>
    private static string[] Words(string statusPath, string name)
    {
        if (ProcFile.TryReadText(statusPath, out var text) != ProcOutcome.Read)
            return [];
        var line = Array.Find(text.Split('\n'), line => line.StartsWith(name, StringComparison.Ordinal));
        return line is null ? [] : line[name.Length..].Split('\t', StringSplitOptions.RemoveEmptyEntries);
    }
}
