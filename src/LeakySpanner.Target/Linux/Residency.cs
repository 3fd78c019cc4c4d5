using System.Numerics;
using LeakySpanner.Model;

namespace LeakySpanner.Target.Linux;

/// <summary>A mapping with the resident bytes that the kernel counts for it in /proc/PID/smaps; null where it does not say.</summary>
public readonly record struct ResidentRegion(MappedRegion Region, long? Rss);

/// <summary>
/// Which bytes of a process are in memory. Totals of a mapping come from smaps, which counts as VmRSS does; where within it
/// they lie comes from the pagemap, page by page and only for mappings that are asked about.
/// </summary>
/// <remarks>
/// The pagemap calls pages present that are only the kernel's page of zeroes, which reading a fresh page leaves behind and
/// VmRSS does not count. They are told apart by the bit of exclusive use, which they lack; pages shared with a forked
/// process lack it too, so that smaps decides: where the pages without that bit are just what exceeds its total, they are zeroes.
/// </remarks>
public sealed class Residency
{
    public const int PageBytes = 4096;

    /// <summary>Pages of one mapping that are looked at singly: 256 GiB. A larger one counts as evenly resident.</summary>
    public const int MaxPages = 1 << 26;

    private const ulong Present = 1UL << 63;
    private const ulong Exclusive = 1UL << 56;
    private const int EntriesPerRead = 8192;

    private readonly IReadOnlyList<ResidentRegion> regions;
    private readonly IPageMap pageMap;
    private readonly Pages?[] pages;

    /// <param name="regions">By address, disjoint.</param>
    public Residency(IReadOnlyList<ResidentRegion> regions, IPageMap pageMap)
    {
        this.regions = regions;
        this.pageMap = pageMap;
        pages = new Pages?[regions.Count];
    }

    /// <summary>Resident bytes of any range, page-aligned or not; 0 where nothing is mapped.</summary>
    public long ResidentBytes(Address start, Address end)
    {
        var total = 0L;
        for (var i = FirstAt(start); i < regions.Count && regions[i].Region.Start < end; i++)
        {
            var region = regions[i].Region;
            if (start <= region.Start && end >= region.End && regions[i].Rss is { } rss)
                total += Math.Min(rss, region.Length);
            else
                total += Of(i).ResidentBytes(Max(start, region.Start) - region.Start, Min(end, region.End) - region.Start);
        }

        return total;
    }

    public bool IsResident(Address address)
    {
        var i = FirstAt(address);
        return i < regions.Count && regions[i].Region.Start <= address && Of(i).IsResident((int)Math.Min((address - regions[i].Region.Start) / PageBytes, int.MaxValue));
    }

    /// <summary>The first resident page at or after an address, below the end.</summary>
    public bool TryNextResident(Address start, Address end, out Address page)
    {
        for (var i = FirstAt(start); i < regions.Count && regions[i].Region.Start < end; i++)
        {
            var region = regions[i].Region;
            var from = Max(start, region.Start) - region.Start;
            if (Of(i).TryNext((from + PageBytes - 1) / PageBytes, out var number))
            {
                page = region.Start + (number * PageBytes);
                return page < end;
            }
        }

        page = end;
        return false;
    }

    /// <summary>Index of the first region that ends past the address.</summary>
    private int FirstAt(Address address)
    {
        int low = 0, high = regions.Count;
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (regions[middle].Region.End > address)
                high = middle;
            else
                low = middle + 1;
        }

        return low;
    }

    private Pages Of(int index) => pages[index] ??= Pages.Load(regions[index], pageMap);

    private static Address Max(Address a, Address b) => a > b ? a : b;

    private static Address Min(Address a, Address b) => a < b ? a : b;

    /// <summary>Resident pages of one mapping as bits; null bits where the pagemap could not be read.</summary>
    private sealed class Pages(ulong[]? bits, double scale)
    {
        public static Pages Load(ResidentRegion resident, IPageMap pageMap)
        {
            var count = resident.Region.Length / PageBytes;
            var evenly = resident.Rss is { } rss && resident.Region.Length > 0 ? Math.Min(1.0, rss / (double)resident.Region.Length) : 0;
            if (resident.Rss == 0)
                return new Pages([], 1);
            if (count > MaxPages)
                return new Pages(null, evenly);

            var present = new ulong[(count + 63) / 64];
            var exclusive = new ulong[present.Length];
            var entries = new ulong[Math.Min(count, EntriesPerRead)];
            for (long done = 0; done < count; done += entries.Length)
            {
                var piece = entries.AsSpan(0, (int)Math.Min(entries.Length, count - done));
                if (!pageMap.TryRead((resident.Region.Start.Value / PageBytes) + (ulong)done, piece))
                    return new Pages(null, evenly);
                for (var i = 0; i < piece.Length; i++)
                {
                    var bit = 1UL << (int)((done + i) & 63);
                    if ((piece[i] & Present) != 0)
                        present[(done + i) >> 6] |= bit;
                    if ((piece[i] & (Present | Exclusive)) == (Present | Exclusive))
                        exclusive[(done + i) >> 6] |= bit;
                }
            }

            return resident.Rss is { } counted ? Reconcile(present, exclusive, counted) : new Pages(present, 1);
        }

        public bool IsResident(int page) => bits is null ? scale > 0 : page >> 6 < bits.Length && (bits[page >> 6] >> (page & 63) & 1) != 0;

        public bool TryNext(long page, out long found)
        {
            found = page;
            if (bits is null)
                return scale > 0;
            for (var word = page >> 6; word < bits.Length; word++)
            {
                var rest = word == page >> 6 ? bits[word] >> (int)(page & 63) << (int)(page & 63) : bits[word];
                if (rest == 0)
                    continue;
                found = (word << 6) + BitOperations.TrailingZeroCount(rest);
                return true;
            }

            return false;
        }

        /// <summary>Of offsets within the mapping.</summary>
        public long ResidentBytes(long start, long end)
        {
            if (bits is null)
                return (long)((end - start) * scale);
            var total = 0L;
            for (var at = start; at < end;)
            {
                var page = at / PageBytes;
                if (page >> 6 >= bits.Length)
                    break;
                if ((page & 63) == 0 && at % PageBytes == 0 && end - at >= 64 * PageBytes)
                {
                    total += BitOperations.PopCount(bits[page >> 6]) * (long)PageBytes;
                    at += 64 * PageBytes;
                    continue;
                }

                var next = Math.Min(end, (page + 1) * PageBytes);
                total += (bits[page >> 6] >> (int)(page & 63) & 1) != 0 ? next - at : 0;
                at = next;
            }

            return (long)(total * scale);
        }

        /// <summary>Whichever set of pages is nearer to the count of the kernel, scaled to the rest of the difference.</summary>
        private static Pages Reconcile(ulong[] present, ulong[] exclusive, long rss)
        {
            long all = 0, own = 0;
            for (var i = 0; i < present.Length; i++)
            {
                all += BitOperations.PopCount(present[i]) * (long)PageBytes;
                own += BitOperations.PopCount(exclusive[i]) * (long)PageBytes;
            }

            var (bits, sum) = Math.Abs(own - rss) < Math.Abs(all - rss) ? (exclusive, own) : (present, all);
            return new Pages(bits, sum > rss ? rss / (double)sum : 1);
        }
    }
}
