using System.Globalization;
using LeakySpanner.Target.Linux;
using LeakySpanner.Target.Memory;
using Microsoft.Win32.SafeHandles;

namespace LeakySpanner.Target.Elf;

/// <summary>
/// Opens the file that an image was mapped from. What /proc/PID/maps prints is a path in a container's own root, in ours where the process has
/// only changed its root (chroot), or of nothing at all (a deleted file, an overlay that is unmounted here). So several ways are
/// tried, and a file is believed only if it begins with the bytes that the process has in memory.
/// </summary>
/// <param name="processFolder">"/proc/PID".</param>
/// <param name="memory">Of the process.</param>
public sealed class ImageFiles(string processFolder, ITargetMemory memory)
{
    /// <summary>The ELF header, the program headers and the build id lie here, which no two builds have alike.</summary>
    private const int ComparedBytes = 4096;

    private const string Deleted = " (deleted)";

    /// <summary>Null where no way leads to it.</summary>
    /// <param name="mapped">Regions of one file, by address.</param>
    public SafeFileHandle? TryOpen(IReadOnlyList<MappedRegion> mapped)
    {
        foreach (var path in Ways(mapped[0]))
        {
            if (TryOpenRegular(path) is not { } file)
                continue;
            if (IsMapped(file, mapped))
                return file;
            file.Dispose();
        }

        return null;
    }

    /// <summary>By path under the process's root, by what is mapped (map_files, which asks for CAP_CHECKPOINT_RESTORE), as its executable, by path under ours.</summary>
    private IEnumerable<string> Ways(MappedRegion region)
    {
        var isDeleted = region.Path.EndsWith(Deleted, StringComparison.Ordinal);
        if (!isDeleted)
            yield return processFolder + "/root" + region.Path;
        yield return string.Create(CultureInfo.InvariantCulture, $"{processFolder}/map_files/{region.Start.Value:x}-{region.End.Value:x}");
        if (ProcFolder.ReadLink(processFolder + "/exe") == region.Path)
            yield return processFolder + "/exe";
        if (!isDeleted)
            yield return region.Path;
    }

    /// <summary>
    /// The process chose the name, and to open a pipe or a device has effects: what it is gets asked of a descriptor that
    /// opens nothing (O_PATH), and the same file is opened through it.
    /// </summary>
    private static SafeFileHandle? TryOpenRegular(string path)
    {
        var place = LibC.Open(path, LibC.OpenPath | LibC.OpenCloseOnExec);
        if (place < 0)
            return null;
        using var held = new SafeFileHandle(place, ownsHandle: true);
        if (!FileOwner.TryRead(held, out var owner) || owner.Type != FileType.Regular)
            return null;
        var descriptor = LibC.Open(
            string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{place}"), LibC.OpenReadOnly | LibC.OpenNonBlocking | LibC.OpenNoTerminal | LibC.OpenCloseOnExec);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Device and inode numbers would not do: overlay and btrfs show others in maps than to stat(2).</summary>
    private bool IsMapped(SafeFileHandle file, IReadOnlyList<MappedRegion> mapped)
    {
        foreach (var region in mapped)
        {
            if (region.Offset != 0 || !region.IsReadable)
                continue;
            var length = (int)Math.Min(ComparedBytes, Math.Min(region.Length, RandomAccess.GetLength(file)));
            Span<byte> loaded = stackalloc byte[ComparedBytes];
            Span<byte> stored = stackalloc byte[ComparedBytes];
            return length > ElfIdentity.Bytes
                && memory.TryRead(region.Start, loaded[..length])
                && new ElfFileBytes(file).TryRead(0, stored[..length])
                && loaded[..length].SequenceEqual(stored[..length]);
        }

        return false;
    }
}
