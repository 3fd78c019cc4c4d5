using System.Globalization;
using LeakySpanner.Target.Linux;

namespace LeakySpanner.Target.Permissions;

/// <summary>What a process is to the kernel where access to memory is decided (ptrace(2), "Ptrace access mode checking").</summary>
/// <param name="RealUser">As the namespace of /proc numbers users.</param>
/// <param name="EffectiveUser">As above.</param>
/// <param name="SavedUser">As above.</param>
/// <param name="Permitted">What it could make effective.</param>
/// <param name="Effective">What counts.</param>
/// <param name="Bounding">What it could ever get.</param>
public sealed record ProcessRights(
    uint RealUser, uint EffectiveUser, uint SavedUser, Capabilities Permitted, Capabilities Effective, Capabilities Bounding)
{
    /// <summary>0 none, 1 strict, 2 a filter.</summary>
    public int SeccompMode { get; init; }

    /// <summary>Whether its files in /proc are its own: not those of a process that changed its user, or asked to be left alone (PR_SET_DUMPABLE).</summary>
    public bool IsDumpable { get; init; } = true;

    /// <summary>AppArmor profile or SELinux context; null where there is none, or it confines nothing.</summary>
    public string? SecurityLabel { get; init; }

    /// <summary>Like "pid:[4026531836]"; null where it may not be known.</summary>
    public string? PidNamespace { get; init; }

    public string? UserNamespace { get; init; }

    /// <summary>Null where its status cannot be read.</summary>
    /// <param name="process">"self" or a pid.</param>
    /// <param name="procRoot">"/proc", or a test's folder.</param>
    public static ProcessRights? Read(string process, string procRoot = "/proc")
    {
        var folder = procRoot + "/" + process;
        if (ProcFile.TryReadText(folder + "/status", out var status) != ProcOutcome.Read
            || Words(status, "Uid:") is not [var real, var effective, var saved, ..])
            return null;
        var rights = new ProcessRights(Number(real), Number(effective), Number(saved), Mask(status, "CapPrm:"), Mask(status, "CapEff:"), Mask(status, "CapBnd:"));
        return rights with
        {
            SeccompMode = Words(status, "Seccomp:") is [var mode] ? (int)Number(mode) : 0,
            IsDumpable = !FileOwner.TryRead(folder, out var owner) || owner.User == rights.EffectiveUser,
            SecurityLabel = Label(folder),
            PidNamespace = ProcFolder.ReadLink(folder + "/ns/pid"),
            UserNamespace = ProcFolder.ReadLink(folder + "/ns/user"),
        };
    }

    private static string? Label(string folder)
    {
        var label = ProcFile.TryReadText(folder + "/attr/current", out var text) == ProcOutcome.Read ? text.Trim('\0', '\n', ' ') : "";
        return label.Length == 0 || label.StartsWith("unconfined", StringComparison.Ordinal) ? null : label;
    }

    private static Capabilities Mask(string status, string name) =>
        Words(status, name) is [var mask] && ulong.TryParse(mask, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bits)
            ? new Capabilities(bits)
            : default;

    private static uint Number(string word) => uint.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : uint.MaxValue;

    private static string[] Words(string status, string name)
    {
        var line = Array.Find(status.Split('\n'), line => line.StartsWith(name, StringComparison.Ordinal));
        return line is null ? [] : line[name.Length..].Split('\t', StringSplitOptions.RemoveEmptyEntries);
    }
}
