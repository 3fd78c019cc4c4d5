using System.Globalization;

namespace LeakySpanner.Target.Linux;

/// <summary>Every process that /proc shows us.</summary>
/// <param name="root">"/proc", or a test's folder.</param>
internal sealed class ProcessList(string root)
{
    public string Folder(int pid) => root + "/" + pid.ToString(CultureInfo.InvariantCulture);

    /// <summary>Without zombies, by pid.</summary>
    public IEnumerable<(int Pid, ProcessStat Stat)> Read()
    {
        foreach (var pid in ProcFolder.Numbers(root, ProcLimits.MaxProcesses).Order())
        {
            if (ProcFile.TryReadText(Folder(pid) + "/stat", out var text) == ProcOutcome.Read
                && ProcessStat.TryParse(text, out var stat)
                && !stat.IsDead)
                yield return (pid, stat);
        }
    }

    /// <summary>Arguments joined by spaces, else comm in brackets as ps shows it, else "".</summary>
    public static string ReadCommand(string folder)
    {
        var arguments = ReadArguments(folder);
        if (arguments.Length > 0)
            return string.Join(' ', arguments);
        return ProcFile.TryReadText(folder + "/comm", out var name) == ProcOutcome.Read && name.Length > 0 ? $"[{name.TrimEnd('\n')}]" : "";
    }

    /// <summary>Empty for kernel threads and vanished processes.</summary>
    public static string[] ReadArguments(string folder)
    {
        if (ProcFile.TryReadText(folder + "/cmdline", out var text) != ProcOutcome.Read)
            return [];
        var arguments = text.TrimEnd('\0');
        return arguments.Length == 0 ? [] : arguments.Split('\0');
    }
}
