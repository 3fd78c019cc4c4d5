using System.Collections.Immutable;
using System.Globalization;
using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Heap;
using LeakySpanner.Model.Usage;
using LeakySpanner.Target.Linux;

namespace LeakySpanner.Target;

/// <summary>A thread of the process.</summary>
/// <param name="Id">The kernel's thread id.</param>
/// <param name="Name">comm, at most 15 bytes.</param>
/// <param name="State">As in <see cref="ProcessStat.State"/>.</param>
public readonly record struct TargetThread(int Id, string Name, char State);

/// <content>The kernel's numbers for the process. None of these reads its memory.</content>
public sealed partial class TargetProcess
{
    /// <summary>Arguments joined by spaces; comm where a program has erased them.</summary>
    public string CommandLine => ProcessList.ReadCommand(folder);

    /// <summary>The folder that relative paths of the program start from; null where it may not be known.</summary>
    public string? WorkingDirectory => ProcFolder.ReadLink(folder + "/cwd");

    /// <summary>How long ago it began; null where the time since boot is not told.</summary>
    public TimeSpan? ReadAge() =>
        ProcFile.TryReadText("/proc/uptime", out var text) == ProcOutcome.Read
        && double.TryParse(text.Split(' ')[0], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var uptime)
        && uptime - ((double)StartTimeTicks / ProcessStat.TicksPerSecond) is >= 0 and < 1e9 and var seconds
            ? TimeSpan.FromSeconds(seconds)
            : null;

    /// <summary>State, name and parent as of now.</summary>
    /// <exception cref="TargetException">Gone.</exception>
    public ProcessStat ReadStat() => TryReadStat(out var stat) && !stat.IsDead ? stat : throw TargetTrouble.Gone(Pid);

    /// <summary>Refuses a process that cannot make progress, whose memory therefore tells nothing about growth.</summary>
    /// <exception cref="TargetException">Stopped, traced, or gone.</exception>
    public void EnsureRunning()
    {
        if (ReadStat().IsStopped)
            throw TargetTrouble.Stopped(Pid, ReadStatus().TracerPid);
    }

    /// <exception cref="TargetException">Gone.</exception>
    public ProcessStatus ReadStatus() =>
        ProcFile.TryReadText(folder + "/status", out var text) == ProcOutcome.Read && ProcessStatus.TryParse(text, out var status) && IsAlive
            ? status
            : throw TargetTrouble.Gone(Pid);

    /// <exception cref="TargetException">Gone.</exception>
    public MemorySample ReadMemorySample(TimeSpan at)
    {
        var status = ReadStatus();
        return new MemorySample(at, status.Rss, status.Anonymous, status.Swapped, status.Virtual);
    }

    /// <exception cref="TargetException">Gone.</exception>
    public ResourceSample ReadResourceSample(TimeSpan at) =>
        new(at, ReadStatus().Threads, ProcFolder.Numbers(folder + "/fd", ProcLimits.MaxDescriptors).Count);

    /// <summary>By thread id; a thread that ends meanwhile is left out.</summary>
    public ImmutableArray<TargetThread> ReadThreads()
    {
        var threads = ImmutableArray.CreateBuilder<TargetThread>();
        foreach (var id in ProcFolder.Numbers(folder + "/task", ProcLimits.MaxThreads).Order())
        {
            var path = $"{folder}/task/{id.ToString(CultureInfo.InvariantCulture)}/stat";
            if (ProcFile.TryReadText(path, out var text) == ProcOutcome.Read && ProcessStat.TryParse(text, out var stat))
                threads.Add(new TargetThread(id, stat.Name, stat.State));
        }

        return threads.DrainToImmutable();
    }

    /// <summary>By number, with the state of TCP sockets.</summary>
    public ImmutableArray<OpenDescriptor> ReadDescriptors()
    {
        var sockets = SocketTable.Read(folder);
        var descriptors = ImmutableArray.CreateBuilder<OpenDescriptor>();
        foreach (var number in ProcFolder.Numbers(folder + "/fd", ProcLimits.MaxDescriptors).Order())
            descriptors.Add(OpenDescriptor.Of(number, ProcFolder.ReadLink($"{folder}/fd/{number.ToString(CultureInfo.InvariantCulture)}"), sockets));
        return descriptors.DrainToImmutable();
    }

    /// <summary>How often the kernel has killed in the control group of the process; read again after its death. Null where that is not told.</summary>
    public OomKillCounter? FindOomKills() => OomKillCounter.For(Pid);

    /// <summary>The container that it runs in, or null.</summary>
    public ContainerFacts? FindContainer() => ContainerIdentity.For(Pid);

    internal PageMapFile OpenPageMap() => new(folder);

    /// <summary>What the process may use before the kernel kills it; null only where not even the machine's memory is told.</summary>
    public MemoryLimit? ReadMemoryLimit() => new MemoryLimits().For(Pid);

    /// <summary>Every mapping with what is resident of it, and malloc's own account. Costs the kernel a walk of the page tables.</summary>
    /// <param name="arenas">Ranges that the runtime's allocator holds.</param>
    /// <exception cref="TargetException">Gone.</exception>
    public MemoryMap ReadMemoryMap(IReadOnlyList<AddressRange> arenas)
    {
        var outcome = ProcFile.TryReadText(folder + "/smaps", out var text);
        var regions = outcome == ProcOutcome.Read && text.Length > 0
            ? Smaps.Parse(text)
            : [.. ReadRegions().Select(region => new ResidentRegion(region, null))];
        var rss = ReadStatus().Rss;
        using var pageMap = new PageMapFile(folder);
        MappedRegion[] mapped = [.. regions.Select(region => region.Region)];
        var stackBytes = CLibraries.Of(mapped) == CLibrary.Musl ? ThreadStacks.LongestOfMusl : ThreadStacks.ReadStackBytes(folder);
        var stacks = ThreadStacks.Find(mapped, ThreadStacks.ReadPointers(folder), stackBytes);
        return MemoryMapReader.Read(regions, memory, new Residency(regions, pageMap), arenas, stacks, rss);
    }
}
