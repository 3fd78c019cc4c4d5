using System.Globalization;

namespace LeakySpanner.Target.Linux;

/// <summary>What stands between us and another process' memory (ptrace(2), "access mode checking"), and what lifts it.</summary>
public static class PermissionAdvice
{
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
            (_, 0) => "root lacks the capability SYS_PTRACE here: start the container with `--cap-add SYS_PTRACE` "
                + "(Kubernetes: securityContext.capabilities.add [SYS_PTRACE] and shareProcessNamespace: true)",
            _ => "it is protected (changed user, or marked not dumpable): run with sudo; "
                + "in a container add the capability SYS_PTRACE and share the process namespace",
        };
    }

    /// <summary>The effective user id.</summary>
    private static int? Uid(string statusPath)
    {
        if (ProcFile.TryReadText(statusPath, out var text) != ProcOutcome.Read)
            return null;
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split('\t', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length >= 3 && words[0] == "Uid:" && int.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out var uid))
                return uid;
        }

        return null;
    }
}
