using System.Collections.Immutable;
using System.Globalization;
using LeakySpanner.Target.Linux;

namespace LeakySpanner.Target;

/// <content>What ends the watching of a process: its own end, or another program in its place.</content>
public sealed partial class TargetProcess
{
    private ProgramMark? program;

    /// <summary>True once execve(2) has put another program in place of the one that was attached to, be it from the same file. Costs two
    /// small reads.</summary>
    public bool HasNewProgram => program is { } first && ProgramMark.Read(folder, memory) is { } now && now != first && IsAlive;

    /// <summary>It lives, and runs the program that was attached to.</summary>
    public bool IsUnchanged => IsAlive && !HasNewProgram;

    /// <summary>True where the number has been given to another process since.</summary>
    public bool IsPidReused =>
        ProcFile.TryReadText(folder + "/stat", out var text) == ProcOutcome.Read && ProcessStat.TryParse(text, out var stat) && stat.StartTicks != StartTimeTicks;

    public void EnsureUnchanged()
    {
        if (!IsAlive)
            throw TargetTrouble.Gone(Pid);
        if (HasNewProgram)
            throw TargetTrouble.Replaced(Pid, CommandLine);
    }

    /// <summary>How it ended. Null while it runs, and where nobody tells: a kernel before 6.15 tells only until the parent has asked.</summary>
    public ExitStatus? ReadExit()
    {
        if (pin.TryReadExit(out var exit))
            return exit;
        if (TryReadStat(out var stat))
            return stat.Exit;

        // Asked for by its parent between the two questions.
        return pin.TryReadExit(out exit) ? exit : null;
    }

    /// <summary>Processes that it has started itself and that still run; empty where the kernel does not list them.</summary>
    public ImmutableArray<int> ReadChildren()
    {
        var children = ImmutableArray.CreateBuilder<int>();
        foreach (var thread in ProcFolder.Numbers(folder + "/task", ProcLimits.MaxThreads))
        {
            if (ProcFile.TryReadText($"{folder}/task/{thread.ToString(CultureInfo.InvariantCulture)}/children", out var text) != ProcOutcome.Read)
                continue;
            foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                if (int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var child) && children.Count < ProcLimits.MaxProcesses)
                    children.Add(child);
            }
        }

        return children.DrainToImmutable();
    }
}
