using LeakySpanner.Model;
using LeakySpanner.Target;
using LeakySpanner.Target.Linux;

namespace LeakySpanner.Tests.Target.Linux;

/// <summary>A page map that a test writes: present and exclusive unless said otherwise.</summary>
internal sealed class FakePages : IPageMap
{
    private const ulong Present = 1UL << 63;
    private const ulong Exclusive = 1UL << 56;

    public HashSet<ulong> Absent { get; } = [];

    /// <summary>Present without exclusive use: the page of zeroes, or one shared with a forked process.</summary>
    public HashSet<ulong> Shared { get; } = [];

    public bool IsReadable { get; init; } = true;

    public static Residency AllResident(params (ulong Start, ulong End)[] ranges) => new FakePages().Of(ranges);

    public Residency Of(params (ulong Start, ulong End)[] ranges) =>
        new([.. ranges.Select(range => new ResidentRegion(Region(range.Start, range.End), null))], this);

    public static MappedRegion Region(ulong start, ulong end, string permissions = "rw-p", string path = "", long inode = 0, long offset = 0) =>
        new(new Address(start), new Address(end), permissions, offset, inode, path);

    public bool TryRead(ulong firstPage, Span<ulong> entries)
    {
        for (var i = 0; i < entries.Length; i++)
        {
            var address = (firstPage + (ulong)i) * 4096;
            entries[i] = Absent.Contains(address) ? 0 : Shared.Contains(address) ? Present : Present | Exclusive;
        }

        return IsReadable;
    }
}
