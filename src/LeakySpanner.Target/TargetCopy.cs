using System.Diagnostics.CodeAnalysis;
using LeakySpanner.Model;
using LeakySpanner.Model.Heap;
using LeakySpanner.Target.Linux;
using LeakySpanner.Target.Memory;

namespace LeakySpanner.Target;

/// <summary>
/// The memory of a process at one moment: everything that it could change is copied while it is stopped, and looked at once it runs again. So it
/// stands still for as long as copying takes, a fraction of what looking takes, at the price of as much memory of ours as it has.
/// </summary>
public sealed class TargetCopy : ITarget, IDisposable
{
    private const ulong Present = 1UL << 63;
    private const ulong Swapped = 1UL << 62;
    private const int EntriesPerRead = 8192;

    /// <summary>Runs of pages with shorter holes between them are one: a read has its price too.</summary>
    private const int ShortHole = 16;

    /// <summary>What it may grow by between planning and stopping it.</summary>
    private const long Slack = 8 << 20;

    /// <summary>Of ours, beside the copy: what looking at it takes is a half of it, and a program.</summary>
    private const long Beside = 64 << 20;

    private readonly TargetProcess _target;
    private readonly CopiedMemory _memory;
    private IReadOnlyList<MappedRegion> _regions = [];

    private TargetCopy(TargetProcess target, int threads)
    {
        _target = target;
        _memory = new CopiedMemory(target.Memory, target.Pid, threads);
    }

    public ITargetMemory Memory => _memory;

    /// <summary>For how long the process stood still.</summary>
    public TimeSpan Paused { get; private set; }

    /// <summary>The bound was reached before everything was copied: the rest was copied while the process ran.</summary>
    public bool HasLapsed { get; private set; }

    /// <summary>Bytes copied.</summary>
    public long Length => _memory.Length;

    public string CommandLine => _target.CommandLine;

    /// <summary>Null where there is no room for a copy: then it has to be looked at where it is.</summary>
    /// <param name="target">The process.</param>
    /// <param name="bound">After this it runs again, whatever has been copied.</param>
    /// <param name="cancellation">It runs again at once.</param>
    /// <exception cref="TargetException">Gone, or not permitted.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static TargetCopy? TryMake(TargetProcess target, TimeSpan bound, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(target);
        var (planned, _) = Plan(target, target.ReadRegions());
        var length = planned.Sum(range => range.Length);
        if (new MemoryLimits().RoomFor(Environment.ProcessId) is { } room && room.Bytes < length + (length / 2) + Beside)
            return null;
        var copy = new TargetCopy(target, Math.Clamp(Environment.ProcessorCount, 1, 4));
        try
        {
            copy._memory.Reserve(length + (length / 16) + Slack);
            copy.Fill(bound, cancellation);
            target.EnsureUnchanged();
            return copy;
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    public IReadOnlyList<MappedRegion> ReadRegions() => _regions;

    public bool TryFindSymbol(string name, out Address address, [NotNullWhen(true)] out string? image) =>
        _target.TryFindSymbol(name, out address, out image);

    public void Dispose() => _memory.Dispose();

    private void Fill(TimeSpan bound, CancellationToken cancellation)
    {
        var pause = _target.Pause(bound);
        try
        {
            _regions = _target.ReadRegions();
            var (ranges, zeroed) = Plan(_target, _regions);
            _memory.Copy(ranges, zeroed, cancellation);
        }
        finally
        {
            pause.Dispose();
            (Paused, HasLapsed) = (pause.Elapsed, pause.HasLapsed);
        }
    }

    /// <summary>
    /// What is private and may be written to: of anonymous memory the pages that exist, of files' all. And where pages that
    /// do not exist are zeroes.
    /// </summary>
    private static (List<AddressRange> Ranges, List<AddressRange> Zeroed) Plan(TargetProcess target, IReadOnlyList<MappedRegion> regions)
    {
        using var pageMap = target.OpenPageMap();
        var entries = new ulong[EntriesPerRead];
        var ranges = new List<AddressRange>();
        var zeroed = new List<AddressRange>();
        foreach (var region in regions)
        {
            if (!region.IsReadable || !region.IsWritable || !region.IsPrivate)
                continue;
            var isAnonymous = region.Inode == 0;
            if (isAnonymous && TryAddPages(pageMap, region, entries, ranges))
                zeroed.Add(new AddressRange(region.Start, region.End));
            else
                ranges.Add(new AddressRange(region.Start, region.End));
        }

        return (ranges, zeroed);
    }

    private static bool TryAddPages(PageMapFile pageMap, MappedRegion region, ulong[] entries, List<AddressRange> ranges)
    {
        var before = ranges.Count;
        var pages = region.Length / Residency.PageBytes;
        var (start, end) = (-1L, -1L);
        for (var done = 0L; done < pages; done += entries.Length)
        {
            var piece = entries.AsSpan(0, (int)Math.Min(entries.Length, pages - done));
            if (!pageMap.TryRead((region.Start.Value / Residency.PageBytes) + (ulong)done, piece))
            {
                ranges.RemoveRange(before, ranges.Count - before);
                return false;
            }

            for (var i = 0; i < piece.Length; i++)
            {
                if ((piece[i] & (Present | Swapped)) == 0)
                    continue;
                var page = done + i;
                if (start >= 0 && page - end > ShortHole)
                {
                    ranges.Add(RangeOf(region, start, end));
                    start = -1;
                }

                if (start < 0)
                    start = page;
                end = page + 1;
            }
        }

        if (start >= 0)
            ranges.Add(RangeOf(region, start, end));
        return true;
    }

    private static AddressRange RangeOf(MappedRegion region, long first, long end) =>
        new(region.Start + (first * Residency.PageBytes), region.Start + (end * Residency.PageBytes));
}
