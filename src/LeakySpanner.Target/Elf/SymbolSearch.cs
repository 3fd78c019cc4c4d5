using System.Diagnostics.CodeAnalysis;
using System.Text;
using LeakySpanner.Model;
using LeakySpanner.Target.Memory;

namespace LeakySpanner.Target.Elf;

/// <summary>
/// Looks for a symbol in every image that a process has mapped: first in what is exported, which strip leaves, then in
/// the full tables. Files come first, memory second: a page of a file that the process never touched would become resident in it.
/// </summary>
/// <param name="processFolder">"/proc/PID".</param>
/// <param name="memory">Where an image is read from when its file cannot be.</param>
public sealed class SymbolSearch(string processFolder, ITargetMemory memory)
{
    private readonly ImageFiles files = new(processFolder, memory);

    public bool TryFind(IReadOnlyList<MappedRegion> regions, string name, out Address address, [NotNullWhen(true)] out string? image)
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        var images = MappedImages(regions);
        foreach (var exported in (ReadOnlySpan<bool>)[true, false])
        {
            foreach (var mapped in images)
            {
                if (!TryFind(mapped, exported, bytes, out address))
                    continue;
                image = mapped[0].Path;
                return true;
            }
        }

        address = default;
        image = null;
        return false;
    }

    /// <summary>Groups of regions of one file with code among them, the lowest (of a non-PIE, the executable) first.</summary>
    private static List<List<MappedRegion>> MappedImages(IReadOnlyList<MappedRegion> regions)
    {
        var images = new Dictionary<(string Path, long Inode), List<MappedRegion>>();
        var order = new List<List<MappedRegion>>();
        foreach (var region in regions)
        {
            if (region.Inode == 0 || !region.Path.StartsWith('/'))
                continue;
            if (!images.TryGetValue((region.Path, region.Inode), out var image))
            {
                if (order.Count == ElfLimits.MaxImages)
                    continue;
                images[(region.Path, region.Inode)] = image = [];
                order.Add(image);
            }

            image.Add(region);
        }

        order.RemoveAll(image => !image.Exists(region => region.Permissions[2] == 'x'));
        return order;
    }

    private bool TryFind(List<MappedRegion> mapped, bool exported, byte[] name, out Address address)
    {
        address = default;
        using var file = files.TryOpen(mapped);
        var image = file is not null ? ElfImage.TryParse(new ElfFileBytes(file)) : Loaded(mapped);
        if (image is null)
            return false;

        var found = exported ? image.TryFindDynamicSymbol(name, out var symbol) : image.TryFindStaticSymbol(name, out symbol);
        if (!found)
            return false;
        foreach (var region in mapped)
        {
            if (!image.TryGetLoadBias(region, out var bias))
                continue;
            address = new Address(unchecked(symbol.Value + bias));
            return true;
        }

        return false;
    }

    private ElfImage? Loaded(List<MappedRegion> mapped)
    {
        var header = mapped.FindIndex(region => region.Offset == 0 && region.IsReadable);
        return header < 0 ? null : ElfImage.TryParse(new ElfLoadedBytes(memory, mapped[header].Start));
    }
}
