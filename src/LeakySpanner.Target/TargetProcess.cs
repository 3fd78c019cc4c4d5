using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using LeakySpanner.Model;
using LeakySpanner.Target.Elf;
using LeakySpanner.Target.Linux;
using LeakySpanner.Target.Memory;

namespace LeakySpanner.Target;

/// <summary>
/// A running process, pinned: a later process of the same pid is not mistaken for it. Nothing here stops or changes it, but <see cref="Pause"/> and
/// <see cref="TryWrite"/>.
/// </summary>
public sealed partial class TargetProcess : ITarget, IDisposable
{
    private const int StartTries = 100;
    private static readonly TimeSpan StartPatience = TimeSpan.FromMilliseconds(2);
    private readonly ProcessPin pin;
    private readonly string folder;
    private readonly LiveMemory memory;

    private TargetProcess(int pid, string folder, ProcessPin pin, ProcessStat stat)
    {
        Pid = pid;
        StartTimeTicks = stat.StartTicks;
        this.folder = folder;
        this.pin = pin;
        memory = new LiveMemory(pid);
    }

    public int Pid { get; }

    /// <summary>Clock ticks since boot; with the pid, the identity of the process.</summary>
    public ulong StartTimeTicks { get; }

    public ITargetMemory Memory => memory;

    /// <summary>True once the process is known to have exited; costs one system call. False where the kernel has no pidfd: then
    /// <see cref="IsAlive"/> tells.</summary>
    public bool HasExited => pin.HasExited;

    /// <summary>False once the process has exited, even if its parent has not yet asked for its exit code.</summary>
    public bool IsAlive => !pin.HasExited && TryReadStat(out var stat) && !stat.IsDead;

    /// <summary>To be asked where what was read of it makes no sense: memory is taken down shortly before the end is announced.</summary>
    /// <param name="bound">How long to wait for the end.</param>
    /// <exception cref="TargetException">It has ended.</exception>
    public void ThrowIfEnding(TimeSpan bound)
    {
        if (pin.ExitsWithin(bound))
            throw TargetTrouble.Gone(Pid);
    }

    /// <summary>Attaches to a process and makes sure that its memory can be read.</summary>
    /// <exception cref="TargetException">No such process, gone, not permitted, or 32-bit; the message says what to do.</exception>
    public static TargetProcess Open(int pid) => Open(pid, readable: true);

    /// <summary>For the kernel's numbers only: whether its memory can be read is not asked.</summary>
    /// <exception cref="TargetException">No such process, or gone.</exception>
    public static TargetProcess Observe(int pid) => Open(pid, readable: false);

    private static TargetProcess Open(int pid, bool readable)
    {
        var folder = "/proc/" + pid.ToString(CultureInfo.InvariantCulture);
        var pin = ProcessPin.Open(pid);
        try
        {
            if (ProcFile.TryReadText(folder + "/stat", out var text) != ProcOutcome.Read || !ProcessStat.TryParse(text, out var stat))
                throw pin.IsRunning ? TargetTrouble.Hidden(pid) : TargetTrouble.NoSuchProcess(pid);
            if (stat.IsDead)
                throw TargetTrouble.Gone(pid);
            var process = new TargetProcess(pid, folder, pin, stat);
            if (readable)
                process.EnsureReadable();
            process.program = ProgramMark.Read(folder, process.memory);
            return process;
        }
        catch
        {
            pin.Dispose();
            throw;
        }
    }

    public IReadOnlyList<MappedRegion> ReadRegions() =>
        ProcFile.TryReadText(folder + "/maps", out var text) switch
        {
            ProcOutcome.Read when text.Length > 0 => ProcMaps.Parse(text),
            ProcOutcome.Denied => throw TargetTrouble.NotPermitted(Pid),
            _ => throw TargetTrouble.Gone(Pid),
        };

    public bool TryFindSymbol(string name, out Address address, [NotNullWhen(true)] out string? image) =>
        new SymbolSearch(folder, memory).TryFind(ReadRegions(), name, out address, out image);

    /// <summary>Stops all threads until disposed, at most for the bound; the answer tells how long it was.</summary>
    /// <exception cref="TargetException">Gone, or not permitted.</exception>
    public TargetPause Pause(TimeSpan bound) => IsAlive ? TargetPause.Start(Pid, bound) : throw TargetTrouble.Gone(Pid);

    public void Dispose() => pin.Dispose();

    private bool TryReadStat(out ProcessStat stat)
    {
        stat = default;
        return ProcFile.TryReadText(folder + "/stat", out var text) == ProcOutcome.Read
            && ProcessStat.TryParse(text, out stat)
            && stat.StartTicks == StartTimeTicks;
    }

    /// <summary>
    /// A process that is just starting a program has no memory for a moment, between execve's old address space and the new one: then
    /// it is looked at once more.
    /// </summary>
    private void EnsureReadable()
    {
        var unread = "";
        for (var tries = 0; tries < StartTries; tries++)
        {
            var outcome = ProcFile.TryReadText(folder + "/maps", out var text);
            if (outcome == ProcOutcome.Denied)
                throw TargetTrouble.NotPermitted(Pid);
            if (outcome != ProcOutcome.Read || !TryReadStat(out var stat) || stat.IsDead)
                throw TargetTrouble.Gone(Pid);
            if (text.Length == 0 && stat.IsKernelThread)
                throw TargetTrouble.KernelThread(Pid);
            EnsureWidth();
            if (CanRead(text))
                return;
            if (text.Length > 0 && text == unread)
                throw TargetTrouble.NotPermitted(Pid);
            unread = text;
            ThrowIfEnding(StartPatience);
        }

        throw TargetTrouble.NotStarted(Pid);
    }

    private bool CanRead(string maps)
    {
        Span<byte> probe = stackalloc byte[1];
        foreach (var region in ProcMaps.Parse(maps))
        {
            if (region.IsReadable && region.Path != "[vvar]" && memory.TryRead(region.Start, probe))
                return true;
        }

        return false;
    }

    private void EnsureWidth()
    {
        try
        {
            using var file = File.OpenHandle(folder + "/exe", FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var start = new byte[ElfIdentity.Bytes];
            if (new ElfFileBytes(file).TryRead(0, start) && ElfIdentity.Of(start) == ElfClass.Bits32)
                throw TargetTrouble.ThirtyTwoBit(Pid);
        }
        catch (UnauthorizedAccessException)
        {
            // Readable memory is what counts; a denied one is told by the probe that follows.
        }
        catch (IOException)
        {
            // The file system of the executable may be unmounted; its memory still is 64 bits wide or fails to parse later.
        }
    }
}
