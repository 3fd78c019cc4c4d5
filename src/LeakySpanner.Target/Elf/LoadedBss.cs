using LeakySpanner.Model;
using LeakySpanner.Target.Memory;

namespace LeakySpanner.Target.Elf;

/// <summary>
/// Where the zero-initialised data of an executable or library ends: it is anonymous memory right behind the file's last
/// mapping, which the kernel may have merged with something that has nothing to do with it.
/// </summary>
internal static class LoadedBss
{
    private const uint Writable = 2;
    private const ulong Page = 4096;

    /// <summary>Past the last page of the image's writable segment, or null if its header cannot be read.</summary>
    /// <param name="header">The mapping of the file's first bytes.</param>
    public static Address? End(ITargetMemory memory, MappedRegion header)
    {
        var image = ElfImage.TryParse(new ElfLoadedBytes(memory, header.Start));
        if (image is null || !image.TryGetLoadBias(header, out var bias))
            return null;
        var end = 0ul;
        foreach (var segment in image.Segments)
        {
            if (segment.Type == ElfSegmentType.Load && (segment.Flags & Writable) != 0)
                end = Math.Max(end, unchecked(segment.VirtualAddress + segment.MemorySize + bias + Page - 1) & ~(Page - 1));
        }

        return end == 0 ? null : new Address(end);
    }
}
